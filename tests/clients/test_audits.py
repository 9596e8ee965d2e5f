"""GraphQL over HTTP to the letter: every MUST, SHOULD and MAY that graphql-http audits."""

from collections.abc import Callable
from typing import Any

AUDITS = 61


def test_every_audit_is_passed(run_script: Callable[..., Any], served: Callable[..., str]) -> None:
    results = run_script("audits.mjs", served())
    failed = [
        f"{one['id']} {one['name']}: {one.get('reason')}"
        for one in results
        if one["status"] != "ok"
    ]
    assert failed == []
    assert len(results) == AUDITS
