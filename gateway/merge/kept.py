"""Merged pages that are kept in this process, to be given again as they are."""

from collections.abc import Hashable
from typing import Any

from gateway.cache.objects import Objects
from gateway.cache.versions import Versions
from gateway.merge.page import Page
from gateway.upstream.trace import Log

_PER_PAGE = 5000
_PER_ROW = 350
"""Bytes of a page, and of a row's place and JSON in it; the rows are kept by their own answers."""


class KeptPages:
    """Keeps pages until the first of the answers that they were merged from ends or is written to.

    Args:
        objects: holds them, within bounds.
        versions: of the answers.
        view: the same for all who see the same; no other's pages are found.
    """

    def __init__(self, objects: Objects, versions: Versions, view: str = "") -> None:
        self._objects = objects
        self._versions = versions
        self._view = view

    def get(self, key: Hashable, log: Log) -> Page[Any] | None:
        """Return a page that is still good; `log` is told what it was made of."""
        key = (self._view, key)
        kept = self._objects.get(key)
        if kept is None:
            return None
        page, made_of = kept
        if not made_of.are_good(self._versions):
            self._objects.forget(key)
            return None
        log.depend_on(made_of)
        return page

    def keep(self, key: Hashable, page: Page[Any], log: Log) -> None:
        """Keep a page with no row missing; `log` is of the calls that it took and of no others."""
        made_of = log.made_of
        if not made_of.is_lasting or not made_of.are_good(self._versions):
            return
        made_of.seal()
        size = _PER_PAGE + _PER_ROW * len(page.rows)
        self._objects.put((self._view, key), (page.again(), made_of), size, made_of.until)
