"""A DevRev of made-up works, in the process."""

from random import Random

import httpx
import msgspec

from gateway.sources.devrev.tests.asking import LIST, ROOT, STAGES, Json, place, stage


class Vendor:
    """A DevRev of some works, with equal and with missing times, that behaves as it is told.

    Args:
        works: as it answers them; equal times come in this order.
        sorts: whether it sorts, missing times at a place of its own.
        by_ids: "served", "refused" or "ignored".
        most: rows of a page, at most.
    """

    def __init__(self, works: list[Json], *, sorts: bool, by_ids: str, most: int) -> None:
        self.works, self.sorts, self.by_ids, self.most = works, sorts, by_ids, most
        self.tells_ids = True
        self.lists: list[Json] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = msgspec.json.decode(request.content)
        if request.url.path == STAGES:
            return httpx.Response(200, json={"result": [named(one) for one in range(1, 7)]})
        assert request.url.path == LIST
        self.lists.append(body)
        chosen = body.get("stage", {})
        rows = self.works
        if "stages" in chosen and self.by_ids == "refused":
            return httpx.Response(400, json={"type": "bad_request"})
        if "stages" in chosen and self.by_ids == "served":
            rows = [one for one in rows if place(one) in chosen["stages"]]
        if "name" in chosen:
            rows = [one for one in rows if one["stage"]["name"] in chosen["name"]]
        if self.sorts and "sort_by" in body:
            [sort] = body["sort_by"]
            name, _, direction = sort.partition(":")
            have = [one for one in rows if name in one]
            have.sort(key=lambda one: one[name], reverse=direction == "desc")
            without = [one for one in rows if name not in one]
            middle = len(have) // 2
            rows = have[:middle] + without + have[middle:]
        start = int(body.get("cursor", 0))
        end = start + min(body["limit"], self.most)
        more = {"next_cursor": str(end)} if end < len(rows) else {}
        page = [self.shown(one) for one in rows[start:end]]
        return httpx.Response(200, json={"works": page, **more})

    def shown(self, work: Json) -> Json:
        return work if self.tells_ids else {**work, "stage": {"name": work["stage"]["name"]}}


def named(number: int) -> Json:
    """Return the summary of a stage; the last two have one name."""
    return {"id": stage(number).source_id, "name": f"stage {min(number, 5)}"}


def some_works(chance: Random) -> list[Json]:
    """Return works in six stages, with few different times, so that many are equal."""
    days = chance.choice([2, 5, 40])
    count = chance.randrange(60)
    found: list[Json] = []
    for number in range(count):
        changed = f"2025-01-01T00:{chance.randrange(days):02}:00.000Z"
        made = f"2024-01-01T00:{chance.randrange(60):02}:00.000Z"
        at = named(chance.choice([1, 1, 1, 2, 3, 4, 5, 6]))
        found.append({
            "type": "task", "id": f"{ROOT}task/{chance.randrange(9)}{number}",
            **({} if chance.random() < 0.05 else {"modified_date": changed}),
            **({} if chance.random() < 0.05 else {"created_date": made}),
            "stage": {"name": at["name"], "stage": at},
        })  # fmt: skip
    return found
