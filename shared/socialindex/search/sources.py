"""The sources: what can be crawled, what each gives, and what it needs."""

from __future__ import annotations

from socialindex.access import Caller, Scope
from socialindex.model import Struct
from socialindex.search.http import Answer, HttpRequest
from socialindex.search.routes import Doc, Route


class SourceCard(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One source, for people who look for what they can add."""

    name: str
    """As a post's ``source`` has it."""
    title: str
    """As people call it."""
    gives: tuple[str, ...]
    """Fields of a post beyond text, time and address that the source is able to give."""
    needs: tuple[str, ...]
    """What an operator must configure before the source works; empty where nothing."""
    paste: tuple[str, ...]
    """Examples of addresses that can be pasted."""


class SourceList(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Sources, by their names."""

    items: list[SourceCard]


class SourcesPart:
    """The route of the sources."""

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        doc = Doc("List what can be crawled, and what each source gives and needs", "Sources", answer=SourceList)
        return {"GET /v1/sources": Route(Scope.READ, self._all, doc)}

    def _all(self, _request: HttpRequest, _caller: Caller) -> Answer:
        return Answer(200, SourceList(items=cards()))


def cards() -> list[SourceCard]:
    """Every source that a channel can be of, by name."""
    from socialindex import sources  # noqa: PLC0415 - parsers of every kind, for this route only

    adapters = sorted(sources.all_adapters(), key=lambda adapter: adapter.name)
    return [
        SourceCard(
            name=adapter.name,
            title=adapter.title,
            gives=adapter.gives,
            needs=("credentials",) if adapter.needs_credentials else (),
            paste=adapter.paste,
        )
        for adapter in adapters
        if adapter.paste
    ]
