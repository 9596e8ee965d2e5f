"""Vistas, and their groups: sprints."""

from gateway.sandbox.company import day, stamp
from gateway.sources.devrev.sandbox.ids import don, named
from gateway.sources.devrev.sandbox.records import Record, Ref
from gateway.sources.devrev.sandbox.staff import person, someone

_BOARDS = ("Cloud sprints", "Device sprints")
_SPRINTS_OF_A_BOARD = 4
_DAYS = 14
_STATES = ("completed", "completed", "active", "planned")

SPRINTS = len(_BOARDS) * _SPRINTS_OF_A_BOARD


def sprint(number: int) -> Ref:
    """Stand for the sprint of a number, from 1."""
    board = (number - 1) // _SPRINTS_OF_A_BOARD + 1
    return Ref("sprints", f"{don('vista', board)}:vista_group_item/{number}")


def vistas() -> list[Record]:
    """Make two sprint boards."""
    return [
        {
            "type": "grouped",
            "created_by": someone(f"vista {number}"),
            "created_date": stamp(day(9 + number)),
            **named("vista", number),
            "modified_by": someone(f"vista {number} changed"),
            "modified_date": stamp(day(90 + number)),
            "is_default": number == 1,
            "name": name,
            "shared_with": [{"member": person(number + 3)}],
            "filter_type": "works",
            "flavor": "sprint_board",
        }
        for number, name in enumerate(_BOARDS, start=1)
    ]


def sprints() -> list[Record]:
    """Make four sprints a board, one after another."""
    return [_sprint(number) for number in range(1, SPRINTS + 1)]


def _sprint(number: int) -> Record:
    board, turn = divmod(number - 1, _SPRINTS_OF_A_BOARD)
    start = 100 + _DAYS * turn
    return {
        "object_type": "works",
        "type": "curated",
        "end_date": stamp(day(start + _DAYS)),
        "id": sprint(number).id,
        "name": f"Sprint {turn + 1}",
        "parent": Ref("vistas", don("vista", board + 1)),
        "start_date": stamp(day(start)),
        "state": _STATES[turn],
    }
