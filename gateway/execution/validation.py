"""Validates documents: by the specification's rules and Strawberry's, at a bounded cost."""
# graphql-core's generics are told in part only.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Sequence
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    NoSchemaIntrospectionCustomRule,
    OverlappingFieldsCanBeMergedRule,
    SelectionSetNode,
    ValidationContext,
    specified_rules,
    validate,
)
from graphql.validation.validate import ValidationAbortedError
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from gateway.execution.plan import Target

MOST_ERRORS = 10
"""Errors after which no more are looked for: each takes its time."""

_FEW_ERRORS = 3
"""Errors to which suggestions are made: for one they are looked for among all types."""

_SUGGESTION = " Did you mean "

_COMPARISONS = 10_000
"""What comparing fields of one name may cost, in graphql-core's units: about 5 ms.

It is quadratic in the fields that repeat each other, and worse where those have fields inside.
"""


class _Overlapping(OverlappingFieldsCanBeMergedRule):
    """graphql-core's rule, that gives up earlier and says why."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = _COMPARISONS

    def enter_selection_set(
        self, selection_set: SelectionSetNode, _key: Any, parent: Any, *_args: Any
    ) -> None:
        """Compare the fields of a selection set, within the budget."""
        try:
            super().enter_selection_set(selection_set, _key, parent, *_args)
        except ValidationAbortedError:
            message = (
                "Fields of one name are selected too often to be compared with each other; select "
                "each once, and spread each fragment once."
            )
            raise ValidationAbortedError(message, selection_set) from None


_RULES: Sequence[Any] = [
    _Overlapping if rule is OverlappingFieldsCanBeMergedRule else rule for rule in specified_rules
]
_STRAWBERRYS: Sequence[Any] = [MaybeNullValidationRule, OneOfInputValidationRule]


class Validator:
    """Finds what is wrong with documents.

    Args:
        target: the schema that they are for.
    """

    def __init__(self, target: Target) -> None:
        self._schema = target.schema
        self._suggests = not target.is_discreet
        self._rules = [
            *_RULES,
            *(_STRAWBERRYS if target.config is not None else ()),
            *((NoSchemaIntrospectionCustomRule,) if target.is_discreet else ()),
        ]

    def errors(self, document: DocumentNode) -> list[GraphQLError]:
        """Return what is wrong with a document, the first of it where that is much."""
        errors = self._found(document, suggests=False)
        is_aborted = any(isinstance(one, ValidationAbortedError) for one in errors)
        if self._suggests and 0 < len(errors) <= _FEW_ERRORS and not is_aborted:
            return self._found(document, suggests=True)
        return errors

    def _found(self, document: DocumentNode, *, suggests: bool) -> list[GraphQLError]:
        errors = validate(
            self._schema,
            document,
            self._rules,
            max_errors=MOST_ERRORS,
            hide_suggestions=not suggests,
        )
        if not suggests:
            for error in errors:  # one rule suggests all the same
                error.message = error.message.partition(_SUGGESTION)[0]
        return errors
