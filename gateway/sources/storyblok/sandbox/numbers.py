"""The numbers that things have: of 47 bits, as the vendor's are, and always the same."""

from typing import Any

Resource = dict[str, Any]
"""An object as the vendor's get answers it."""

SPACES = (1001, 1002)

OAUTH_SPACE = 1001
"""The one space that the OAuth token is good for."""

_FIRST = {
    "user": 98_204_331_771_925,
    "collaborator": 98_611_470_052_381,
    "space_role": 120_043_915_270_447,
    "workflow": 119_522_102_426_879,
    "workflow_stage": 119_731_408_825_113,
    "story": 121_950_627_311_509,
    "workflow_stage_change": 122_316_880_904_237,
    "activity": 123_480_615_227_981,
    "webhook_endpoint": 124_105_733_918_663,
    "webhook_log": 124_977_204_561_319,
}


def number_of(what: str, space: int, index: int) -> int:
    """Return the number of the thing of a type, 0 and up, in a space."""
    # Odd steps let neighbours differ in every digit group; spaces stand far apart.
    return _FIRST[what] + 4_099 * index + 100_000_000_007 * SPACES.index(space)


def user_number(person: int) -> int:
    """Return the number of one of the company's people; users are the same in every space."""
    return number_of("user", SPACES[0], person)
