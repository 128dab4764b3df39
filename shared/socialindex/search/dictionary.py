"""The user dictionary through the API: everybody may read it, administrators edit it."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime  # noqa: TC003 - msgspec reads annotations when it runs
from functools import cache
from typing import TYPE_CHECKING, Final, Protocol

from socialindex.access import Scope
from socialindex.dictionary import Entry, EntryKind
from socialindex.errors import Conflict, InvalidInput, NotFound
from socialindex.model import Struct
from socialindex.search import fields
from socialindex.search.http import Answer
from socialindex.search.routes import Doc, Route
from socialindex.setup.names import spellings
from socialindex.setup.progress import Rebuild  # noqa: TC001 - msgspec reads annotations when it runs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.access import Caller
    from socialindex.search.http import HttpRequest

MAX_ENTRIES: Final = 5_000
MAX_VARIANTS: Final = 30
_LETTER: Final = re.compile(r"[^\W\d_]")
_REMEDY: Final = "Write two to 60 letters and digits, at most four words, such as 누리폰 or Nuri Phone."


class EnterEntry(Struct, frozen=True, kw_only=True):
    """Body of ``PUT /v1/dictionary/{name}``."""

    variants: list[str] = []
    """Other ways to write the name: in another script (galaxy), apart (누리 폰), a common misspelling."""
    kind: EntryKind = "other"


class DictionaryState(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """All entries, and whether the index knows them."""

    items: list[Entry]
    edited_at: datetime | None
    """When an entry was last changed. It is taken over some minutes later, in the background."""
    rebuild: Rebuild | None
    """The last time that the index was made anew, finished or on its way; ``None``: never."""


class Entries(Protocol):
    """Where the entries are (``aws.dictionary``)."""

    def all(self) -> list[Entry]:
        """All entries."""

    def put(self, entry: Entry) -> None:
        """Enter or change one."""

    def remove(self, name: str) -> bool:
        """Remove one."""

    def edited_at(self) -> datetime | None:
        """When they were last edited."""

    def rebuild(self) -> Rebuild | None:
        """How far the index is."""


class DictionaryPart:
    """The routes of the dictionary."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        return {
            "GET /v1/dictionary": Route(
                Scope.READ,
                self._all,
                Doc("List the names that the analysis knows", "Dictionary", answer=DictionaryState),
                weight=0,
            ),
            "PUT /v1/dictionary/{name}": Route(
                Scope.ADMIN,
                self._enter,
                Doc("Enter or change a name", "Dictionary", body=EnterEntry, answer=Entry, errors=(409,)),
                weight=0,
            ),
            "DELETE /v1/dictionary/{name}": Route(
                Scope.ADMIN,
                self._remove,
                Doc("Remove a name", "Dictionary", status=204, errors=(404,)),
                weight=0,
            ),
        }

    def _all(self, _request: HttpRequest, _caller: Caller) -> Answer:
        entries = self._entries
        state = DictionaryState(items=entries.all(), edited_at=entries.edited_at(), rebuild=entries.rebuild())
        return Answer(200, state)

    def _enter(self, request: HttpRequest, _caller: Caller) -> Answer:
        wanted = fields.from_body(EnterEntry, request.body())
        name = _tidy(request.path["name"])
        variants = dict.fromkeys(map(_tidy, wanted.variants))
        entry = Entry(name=name, variants=[text for text in variants if text != name], kind=wanted.kind)
        _check(entry, self._entries.all())
        self._entries.put(entry)
        return Answer(200, entry)

    def _remove(self, request: HttpRequest, _caller: Caller) -> Answer:
        name = _tidy(request.path["name"])
        if not name or not self._entries.remove(name):  # a table takes no empty key
            raise NotFound(f"the dictionary has no {name[:60]!r}")
        return Answer(204)


def _check(entry: Entry, known: Iterable[Entry]) -> None:
    """Pass an entry that fits beside the others.

    Raises:
        InvalidInput: a spelling that the analysis cannot take, or too many.
        Conflict: a spelling belongs to another entry.
    """
    if len(entry.variants) > MAX_VARIANTS:
        raise InvalidInput(f"{len(entry.variants)} variants", field="variants", remedy=f"Send at most {MAX_VARIANTS}.")
    for field, spelling in [("name", entry.name), *(("variants", text) for text in entry.variants)]:
        if not (_spelling().fullmatch(spelling) and _LETTER.search(spelling)):
            raise InvalidInput(f"{spelling[:60]!r} cannot be a name", field=field, remedy=_REMEDY)
    others = {_folded(text): other.name for other in known if other.name != entry.name for text in spellings(other)}
    taken = next((text for text in spellings(entry) if _folded(text) in others), None)
    if taken is not None:
        raise Conflict(f"{taken!r} belongs to {others[_folded(taken)]!r}")
    if len({*others.values(), entry.name}) > MAX_ENTRIES:
        raise Conflict(f"the dictionary is full: it holds {MAX_ENTRIES:,} names")


@cache
def _spelling() -> re.Pattern[str]:
    """One to four words of letters, marks and digits; signs that mean something in a rule of the engine are none."""
    from socialindex.marks import MARKS  # noqa: PLC0415 - they take milliseconds, few requests edit

    word = rf"\w[\w{MARKS}.&+'\-]*"
    return re.compile(rf"(?=.{{2,60}}$){word}(?: {word}){{0,3}}")


def _tidy(name: str) -> str:
    """A spelling as texts have it: single spaces, composed (macOS sends letters), without Persian's non-joiner."""
    return unicodedata.normalize("NFC", " ".join(name.split())).replace("\u200c", "")


def _folded(spelling: str) -> str:
    return spelling.replace(" ", "").casefold()
