"""Trying something in the engine, and what comes of it.

Outcomes: owners whose documents show in the answer (``P`` public, ``A`` and ``B`` the agency's two workspaces, ``C``
another organization's, ``O`` operations), ``done``, ``empty`` where the answer has nothing, ``refused``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.integration.roles_world import HOMES, NAME, OPERATIONS, WORDS, C
from tests.integration.secured import REFUSED, Told

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.secured import Person

    Try = Callable[[Person], Told]

COLUMNS: Final = ("agency", "client", "pseudonymous", "operator", "stranger")
_FORBIDDEN: Final = 403
_MISSING: Final = 404
_WORDS_OF_REFUSAL: Final = ("security_exception", "not supported when DLS is activated")
M: Final = HOMES["mentions"]
SUGGEST: Final = {"s": {"text": "about", "term": {"field": "text"}}}
"""What the plugin looks away from."""
THEIRS: Final = "mention-C"
"""A mention that nobody of these may see."""


class Row(NamedTuple):
    """An attempt, and what comes of it for each of ``COLUMNS``."""

    what: str
    attempt: Try
    agency: str
    client: str
    pseudonymous: str
    operator: str
    stranger: str

    def expected(self, column: str) -> str:
        """What comes of it."""
        found: str = getattr(self, column)
        return found


def forbidden(told: Told) -> bool:
    """Whether the plugin refused it, or a part of it: no other error counts, since a mistake of ours would be one."""
    return told.status == _FORBIDDEN or any(word in told.text for word in _WORDS_OF_REFUSAL)


def outcome(told: Told) -> str:
    """What an answer is."""
    if forbidden(told):
        return "refused"
    if told.status >= REFUSED and told.status != _MISSING:
        return f"failed: {told.status}"
    words = {**WORDS, "O": OPERATIONS}
    seen = "".join(owner for owner, word in words.items() if word in told.text)
    return seen or ("empty" if told.status == _MISSING or '"hits"' in told.text or '"count"' in told.text else "done")


def asks(method: str, path: str, body: object = None, tenant: str | None = None) -> Try:
    """One request."""
    return lambda person: person.ask(method, path, body, tenant)


def search(index: str, **body: object) -> Try:
    """One search."""
    return asks("POST", f"/{index}/_search", body)


def lines(*objects: object) -> str:
    """A body of lines."""
    return "".join(json.dumps(each) + "\n" for each in objects)


def scrolled(person: Person) -> Told:
    """A search, page by page until it ends."""
    told = person.ask("POST", "/mentions/_search?scroll=1m", {"size": 1})
    texts = [told.text]
    while told.status < REFUSED and told.json()["hits"]["hits"]:
        told = person.ask("POST", "/_search/scroll", {"scroll": "1m", "scroll_id": told.json()["_scroll_id"]})
        texts.append(told.text)
    return Told(told.status, "".join(texts))


def own(then: Try) -> Try:
    """An attempt in one's own tenant, where something is saved first."""

    def attempt(person: Person) -> Told:
        told = person.ask("PUT", "/.kibana/_doc/mine?refresh=true", {"type": "search"}, "__user__")
        return told if told.status >= REFUSED else then(person)

    return attempt


def theirs(path: str, tenant: str | None) -> Try:
    """A look at what somebody else saved."""

    def attempt(person: Person) -> Told:
        saver = person.cluster.person("saver", "socialindex-analyst", C, node=person.node)
        saved = {"type": "search", "title": WORDS["C"]}
        home = saver.ask("PUT", "/.kibana/_doc/saved?refresh=true", saved, "__user__").json()["_index"]
        return person.ask("POST", path.format(home=home, alias=home.removesuffix("_1")), {}, tenant)

    return attempt


def all_alike(what: str, attempt: Try, outcome: str = "refused", stranger: str = "refused") -> Row:
    """An attempt that comes to the same for everybody who may log in."""
    return Row(what, attempt, outcome, outcome, outcome, outcome, stranger)


def named(person: Person, index: str = "mentions", **body: object) -> Told:
    """A search that may tell who wrote: ``done`` where it does."""
    told = person.ask("POST", f"/{index}/_search", body)
    shows = told.status < REFUSED and NAME in told.text
    return Told(told.status, "tells" if shows else '"hits"')


def names(what: str, index: str = "mentions", **body: object) -> Row:
    """An attempt to learn a name."""
    return Row(what, lambda person: named(person, index, **body), "done", "done", "empty", "refused", "refused")


def hits(what: str, query: dict[str, object]) -> Row:
    """An attempt to learn a name by looking whether a query that has it finds anything."""
    return Row(
        what,
        search("mentions", query=query, _source=False, docvalue_fields=["mention.tags"]),
        "AB",
        "A",
        "empty",
        "refused",
        "refused",
    )


def counted(person: Person) -> Told:
    """A count of what nobody of these may see: it tells whether there is something."""
    query = {"term": {"mention.workspace": C}}
    told = person.ask("POST", "/mentions/_search", {"query": query, "suggest": SUGGEST, "_source": False})
    if told.status >= REFUSED:
        return told
    return Told(told.status, WORDS["C"] if told.json()["hits"]["total"]["value"] else '"hits"')
