"""The smallest parts of a query made into nodes, and what is no part of it told from them."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

import msgspec

from socialindex.errors import InvalidQuery
from socialindex.query import foreign
from socialindex.query.addresses import address_at, has_address
from socialindex.query.fields import FIELDS, TEXT_FIELDS, Field, NumberField
from socialindex.query.limits import MAX_PHRASE_WORDS, MAX_PREFIX, MAX_WORD, MIN_PREFIX
from socialindex.query.nodes import Exact, Near, Node, Operand, Phrase, Prefix, Term, Word

if TYPE_CHECKING:
    from socialindex.query.scanner import Lexeme

Scope = str | Field
"""What an atom is of: ``text`` (title and text), ``title``, ``raw``, or the field that it is a value of."""

_SEARCHABLE = re.compile(r"[^\W_]|[\u2600-\u27bf\u2b50\u2b55\u231a\u231b\u23e9-\u23fa\U0001f000-\U0001faff]")
"""A letter, a digit or an emoji: what the index keeps of a text, or, of a few signs, of its words as written alone."""
_EDGES = "'‘’`.,;:!?…·~^/\\|<>=[]{}*_-〈〉《》【】〔〕。、•→™®©"  # noqa: RUF001 - the apostrophes that people type
"""Punctuation around a word, which the index does not keep. The rest (``C++``, ``#1``, ``100%``) is left for raw:."""
_PARTS = re.compile(r"[-/+&:·@#%,;|~()]+")
"""What the index cuts words at."""
_WILDCARD = re.compile(r"[*?]")


def word(text: str, place: int, *, title: bool) -> Term:
    """The node for one unquoted or quoted word.

    Raises:
        InvalidQuery: a wildcard that is not at the end, an operator of another tool, or nothing to look for.
    """
    if text.rstrip(_EDGES.replace("*", "")).endswith("*") and text.strip("*"):
        return _prefix(text, place, title=title)
    _no_wildcard(text, place)
    return Word(_clean(text, place), title)


def phrase(text: str, place: int, *, title: bool) -> Operand:
    """The node for what stands in quotation marks: a phrase, or a word where there is only one.

    A ``*`` at the end of a word makes it a prefix; the phrase is then a chain of NEAR/0f, which says the same.

    Raises:
        InvalidQuery: an empty or overlong phrase, a wildcard within a word, or one in a phrase that has an address.
    """
    terms = words(text, place, title=title)
    if len(terms) > 1 and not any(isinstance(term, Prefix) for term in terms):
        return Phrase(" ".join(term.text for term in terms), title)
    return _chain(terms, place)


def words(text: str, place: int, *, title: bool) -> list[Term]:
    """The nodes for the words between two quotation marks, punctuation left out; at least one.

    Raises:
        InvalidQuery: as :func:`phrase`.
    """
    parts = [(match[0], place + match.start()) for match in re.finditer(r"\S+", text)]
    parts = [(part, at) for part, at in parts if _SEARCHABLE.search(part)] or parts[:1]
    if not parts:
        raise InvalidQuery("the phrase is empty", position=place, remedy="Write words between the quotation marks.")
    if len(parts) > MAX_PHRASE_WORDS:
        remedy = f"Use at most {MAX_PHRASE_WORDS}."
        raise InvalidQuery(f"the phrase has {len(parts)} words", position=place, remedy=remedy)
    return [word(part, at, title=title) for part, at in parts]


def exact(text: str, place: int) -> Exact:
    """The node for ``raw:`` and ``{}``: the words as written, spaces made single.

    Raises:
        InvalidQuery: nothing to look for, or too much.
    """
    parts = text.split()
    if not _SEARCHABLE.search(text):
        raise _nothing(text, place)
    if len(parts) > MAX_PHRASE_WORDS or max(map(len, parts)) > MAX_WORD:
        raise InvalidQuery("the phrase is too long", position=place, remedy=f"Use at most {MAX_PHRASE_WORDS} words.")
    if "*" in text:
        raise InvalidQuery("raw: takes no wildcard", position=place, remedy="Write the term without raw: and {}.")
    return Exact(" ".join(parts))


def _chain(terms: list[Term], place: int) -> Operand:
    if len(terms) > 1 and any(has_address(term.text) for term in terms):
        remedy = "Leave the * out, or join the address by AND."
        raise InvalidQuery("an address stands in no phrase that has a *", position=place, remedy=remedy)
    chain: Operand = terms[0]
    for term in terms[1:]:
        chain = Near((chain, term), 0, ordered=True)
    return chain


def _prefix(text: str, place: int, *, title: bool) -> Prefix:
    stem = text.rstrip(_EDGES)
    _no_wildcard(stem, place)
    stem = _clean(stem, place)
    if parts := _PARTS.split(stem)[1:]:
        remedy = f'Write "{" ".join(_PARTS.split(stem))}*", or {parts[-1]}* alone.'
        raise InvalidQuery(f"{stem}* is more than one word", position=place, remedy=remedy)
    if has_address(stem):
        remedy = "Write the whole host, such as link:example.com for posts that link to it."
        raise InvalidQuery(f"{stem}* begins an address, which is no word", position=place, remedy=remedy)
    if not MIN_PREFIX <= len(stem) <= MAX_PREFIX:
        remedy = f"Write {MIN_PREFIX} to {MAX_PREFIX} characters before the *."
        length = "short" if len(stem) < MIN_PREFIX else "long"
        raise InvalidQuery(f"{stem}* is too {length}", position=place, remedy=remedy)
    return Prefix(stem, title)


def _no_wildcard(text: str, place: int) -> None:
    inner = text.rstrip(_EDGES)
    address = address_at(inner)
    # Behind the beginning of an address a ? is the address's own, as in www.example.com/watch?v=1.
    found = (each for each in _WILDCARD.finditer(inner) if each[0] == "*" or each.start() < address)
    wildcard = next(found, None)
    if wildcard is None:
        return
    if wildcard[0] == "?":
        raise InvalidQuery(
            "? does not stand for a letter here",
            position=place + wildcard.start(),
            remedy="Write the spellings out, such as (customise OR customize).",
        )
    raise InvalidQuery(
        "* can only stand at the end of a word",
        position=place + wildcard.start(),
        remedy="Write a prefix, such as batter* or 배터*; Korean words are found within compounds without it.",
    )


def _clean(text: str, place: int) -> str:
    cleaned = text.strip(_EDGES)
    if not _SEARCHABLE.search(cleaned):
        raise _nothing(text, place)
    if len(cleaned) > MAX_WORD:
        raise InvalidQuery(
            f"a word of {len(cleaned)} characters", position=place, remedy=f"Use at most {MAX_WORD} characters."
        )
    return cleaned


def _nothing(text: str, place: int) -> InvalidQuery:
    remedy = next((hint for pattern, hint in foreign.OPERATORS if pattern.fullmatch(text)), "Write a word or a phrase.")
    return InvalidQuery(f"nothing to look for in {text!r}", position=place, remedy=remedy)


_ORDINARY = re.compile(rf"[^\W_]{{1,{MAX_WORD}}}")
"""Nearly every word: letters and digits, so that none of the questions below arises."""
_TOGETHER = re.compile("#+[^#]+#+[^#]")
"""Texts have each of them by itself (``normalize.finish``)."""
_WEIGHT = re.compile(r"(?<=.)\^\d+(?:\.\d+)?$")
_KOREAN = "|".join(name for name in (*foreign.SAME_FIELD, *foreign.OTHER_FIELD) if not name.isascii())
_FIELD = re.compile(rf"([A-Za-z_]+|{_KOREAN}):")
_COUNTS = "|".join(name for name, field in FIELDS.items() if isinstance(field, NumberField))
_COUNTED = re.compile(rf"({_COUNTS})([<>]=?|=)\d\S*", re.IGNORECASE)
"""A bound that lacks its colon."""


class Named(msgspec.Struct, frozen=True):
    """A field's name at the beginning of a chunk: as ``written``, colon included, and what it opens."""

    written: str
    scope: Scope
    note: str = ""


def field_of(chunk: Lexeme, scope: Scope) -> Named | None:
    """The field that a chunk begins with, ``None`` where it begins with none.

    Raises:
        InvalidQuery: a field that we do not have, or one within another.
    """
    if ":" not in chunk.text or isinstance(scope, Field) or not (match := _FIELD.match(chunk.text)):
        return None
    if scope != "text":
        remedy = f"Close the group of {scope}: first, or put {chunk.text} in quotation marks."
        raise InvalidQuery(f"a field within {scope}:", position=chunk.start, remedy=remedy)
    given = match[1].lower()
    name = foreign.SAME_FIELD.get(given, given)
    opened = name if name in TEXT_FIELDS else FIELDS.get(name)
    if opened is None:
        raise _no_such_field(chunk, match[1])
    return Named(match[0], opened, f"{match[0]} is read as {name}:." if name != given else "")


def _no_such_field(chunk: Lexeme, written: str) -> InvalidQuery:
    if chunk.text.startswith(("http://", "https://")):
        remedy = f"Write link:{chunk.text} for posts that link to it."
        return InvalidQuery("an address is no word", position=chunk.start, remedy=remedy)
    remedy = foreign.OTHER_FIELD.get(written.lower(), "")
    if not remedy or not written.isascii():
        close = difflib.get_close_matches(written.lower(), [*FIELDS, *TEXT_FIELDS], n=1)
        meant = f"Did you mean {close[0]}:?" if close else remedy
        remedy = f'{meant} Where no field is meant, use quotation marks: "{chunk.text}".'.lstrip()
    return InvalidQuery(f"there is no field {written}:", position=chunk.start, remedy=remedy)


def quoted(text: str, place: int, scope: Scope) -> Node:
    """The node for what stands in quotation marks.

    Raises:
        InvalidQuery: what the scope does not take.
    """
    if isinstance(scope, Field):
        return scope.node(text, place)
    if scope == "raw":
        return exact(text, place)
    return phrase(text, place, title=scope == "title")


def unquoted(text: str, place: int, scope: str) -> Node:
    """The node for a chunk that names no field.

    Raises:
        InvalidQuery: an operator of another tool, or no word at all.
    """
    if scope != "raw" and _ORDINARY.fullmatch(text) and not text.isupper():
        return Word(text, scope == "title")
    text = _WEIGHT.sub("", text)
    if scope == "raw":
        return exact(text, place)
    if scope == "text" and text[0] in "#@" and _SEARCHABLE.search(text):
        return _marked(text.rstrip(_EDGES.replace("*", "").replace("_", "")), place)
    _refuse_foreign_operator(text, place)
    return word(text, place, title=scope == "title")


def _marked(text: str, place: int) -> Node:
    if _TOGETHER.match(text):
        remedy = f"Set them apart: {text.replace('#', ' #').strip()}."
        raise InvalidQuery("several hashtags are written as one", position=place, remedy=remedy)
    return FIELDS["hashtag" if text[0] == "#" else "mention"].node(text, place)


def _refuse_foreign_operator(text: str, place: int) -> None:
    for pattern, hint in foreign.OPERATORS:
        if pattern.fullmatch(text):
            raise InvalidQuery(f"{text} is not an operator here", position=place, remedy=hint)
    if re.match(r"!+\w", text):
        remedy = f"Did you mean NOT {text.lstrip('!')}?"
        raise InvalidQuery("! does not exclude a term here", position=place, remedy=remedy)
    _refuse_joined_operator(text, place)
    if glued := re.search(r"\|+|&&", text):
        remedy = f"Did you mean {'AND' if glued[0] == '&&' else 'OR'}? Set it apart with spaces."
        raise InvalidQuery(f"{glued[0]} is not an operator here", position=place + glued.start(), remedy=remedy)
    if fuzzy := re.search(r"\w~[\d.]*$", text):
        remedy = 'Write the spellings out, joined by OR; "two words"~5 looks for words near each other.'
        raise InvalidQuery("~ behind one word is not understood", position=place + fuzzy.start() + 1, remedy=remedy)


def _refuse_joined_operator(text: str, place: int) -> None:
    """Refuse what would be looked for as one word, and found nowhere."""
    if joined := foreign.GLUED.search(text):
        said = f"{joined[1]} is written together with a word"
        remedy = f'Set {joined[1]} apart with spaces. As a word it is put in quotation marks: "{text}".'
        raise InvalidQuery(said, position=place + joined.start(), remedy=remedy)
    if counted := _COUNTED.fullmatch(text):
        remedy = f"Write {counted[1]}:{text[len(counted[1]) :].lstrip('=')}. As a word it is put in quotation marks."
        raise InvalidQuery(f"{counted[1]} lacks its colon", position=place, remedy=remedy)
