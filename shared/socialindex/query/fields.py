"""The fields that a query can name: what each takes, and how a value becomes a node."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

import msgspec

from socialindex import languages
from socialindex.errors import InvalidQuery
from socialindex.model import Kind
from socialindex.query.limits import MAX_WORD
from socialindex.query.nodes import Between, Is

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT_FIELDS = ("title", "raw")
"""They narrow terms of the text, so that phrases, prefixes and NEAR work in them; the parser reads them."""


class ValueField(msgspec.Struct, frozen=True):
    """A field with values of its own.

    ``read`` turns one value, quotes removed, into its canonical form, or refuses it with ``ValueError`` whose text
    says what the field takes.
    """

    name: str
    read: Callable[[str], str]
    prefixes: bool = False
    """Whether ``value*`` is understood."""

    def is_whole(self, value: str) -> bool:  # noqa: ARG002 - the other kind of field looks at it
        """Whether a value is complete: always, since only quotation marks hold spaces."""
        return True

    def node(self, value: str, position: int) -> Is:
        """The node for one value as written; ``position`` goes into the error.

        Raises:
            InvalidQuery: a value that the field does not take.
        """
        value = value.strip()
        prefix = value.endswith("*")
        if prefix and not self.prefixes:
            raise InvalidQuery(
                f"{self.name}: takes whole values", position=position, remedy=f"Leave out the * behind {value[:-1]}."
            )
        try:
            return Is(self.name, self.read(value[:-1] if prefix else value), prefix)
        except ValueError as error:
            raise InvalidQuery(
                f"{self.name}: does not take {shortened(value)}", position=position, remedy=str(error)
            ) from error


class NumberField(msgspec.Struct, frozen=True):
    """A field of counts: ``views:>1000``, ``views:100..500``, ``views:[100 TO 500]``, ``views:5``."""

    name: str

    def is_whole(self, value: str) -> bool:
        """Whether a value is complete: ``[100`` and ``>`` are not, the rest comes behind a space."""
        return not (value.strip("<>=") == "" or (value[0] == "[" and value[-1] != "]"))

    def node(self, value: str, position: int) -> Between:
        """The node for one bound or range as written.

        Raises:
            InvalidQuery: not a number, or a range that holds none.
        """
        bounds = _bounds(value) if len(value) <= MAX_WORD else None
        if bounds is None:
            raise InvalidQuery(
                f"{self.name}: does not take {shortened(value)}",
                position=position,
                remedy=f"Write a bound or a range, such as {self.name}:>1000 or {self.name}:100..500.",
            )
        low, high = bounds
        if (high is not None and high < 0) or (low is not None and high is not None and high < low):
            raise InvalidQuery(
                f"{self.name}:{value} holds no number", position=position, remedy="Write the smaller bound first."
            )
        return Between(self.name, low, high)


Field = ValueField | NumberField

MAX_NUMBER = 2**63 - 1
"""The engine's ``long``."""
_UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "천": 1_000, "만": 10_000, "억": 100_000_000}
_NUMBER = r"(\d{1,19}(?:,\d{3})*)(k|m|천|만|억)?"
_ABOVE = re.compile(rf"(?:(>=|>|<=|<) ?)?{_NUMBER}", re.IGNORECASE)
_RANGE = re.compile(rf"(?:{_NUMBER})?\.\.(?:{_NUMBER})?|\[(?:{_NUMBER}|\*) TO (?:{_NUMBER}|\*)\]", re.IGNORECASE)


def _bounds(value: str) -> tuple[int | None, int | None] | None:
    if match := _ABOVE.fullmatch(value):
        number = _number(match[2], match[3])
        match match[1]:
            case ">":
                return number + 1, None
            case ">=":
                return number, None
            case "<":
                return None, number - 1
            case "<=":
                return None, number
            case _:
                return number, number
    return _range(value)


def _range(value: str) -> tuple[int | None, int | None] | None:
    match = _RANGE.fullmatch(value)
    if match is None:
        return None
    dots_low, dots_high, low, high = (_optional(match[group], match[group + 1]) for group in (1, 3, 5, 7))
    bounds = (dots_low, dots_high) if ".." in value else (low, high)
    return None if bounds == (None, None) else bounds


def _optional(digits: str | None, unit: str | None) -> int | None:
    return None if digits is None else _number(digits, unit)


def _number(digits: str, unit: str | None) -> int:
    return min(int(digits.replace(",", "")) * _UNITS[(unit or "").lower()], MAX_NUMBER - 1)


def shortened(value: str) -> str:
    """A value for an error message: in quotes and not long."""
    return f'"{value}"' if len(value) <= 40 else f'"{value[:39]}…"'  # noqa: PLR2004 - fits in one line


def _plain(value: str) -> str:
    if not value.strip() or len(value) > MAX_WORD:
        raise ValueError(f"Write a value of 1 to {MAX_WORD} characters.")
    return " ".join(value.split())


def _handle(value: str) -> str:
    return _plain(value.lstrip("@ "))


def _tag(value: str) -> str:
    value = _plain(value.lstrip("# "))
    if " " in value:
        raise ValueError("A hashtag has no spaces.")
    return value.casefold()


_SCHEME = re.compile(r"^(?:https?://)+", re.IGNORECASE)
_ANY_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_WWW = re.compile(r"^(?:www\.)+")
_BARE = re.compile(r"[^\s/:@?#%\\]+")
"""A host without what would make it a part of an address."""


def _canonical(url: str) -> str | None:
    from socialindex.text import canonical_url  # noqa: PLC0415 - it brings lxml; few queries name an address

    return canonical_url(url)


def _host(value: str) -> str:
    """Posts keep hosts as the wire has them, so that 한국.kr is found under its A-label (RFC 5890, 2.3.2.1)."""
    host = _SCHEME.sub("", value.lower()).rstrip("/")
    address = _canonical(f"http://{host}") if _BARE.fullmatch(host) else None
    if address is None:
        raise ValueError(_instead_of(host))
    return _bare(address)


def _instead_of(host: str) -> str:
    """What to write instead of something that is no host."""
    if host.startswith("*."):
        return "Leave out the *. at the beginning: site:example.com finds its subdomains too."
    if re.search("[,;|]", host):
        return "Write OR between hosts, such as site:(a.example OR b.example)."
    return "Write a host, such as site:example.com; its subdomains are included."


def _link(value: str) -> str:
    """An address as posts keep those that they link to, without what the index leaves out at both ends.

    Without a scheme it keeps its port: of http and https it is the one whose own port that is not. So what is printed,
    which has no scheme, reads as the same.
    """
    schemes = ("",) if _ANY_SCHEME.match(value) else ("http://", "https://")
    address = _bare(max((_canonical(scheme + value) or "" for scheme in schemes), key=len))
    if not address or address.endswith("*"):
        raise ValueError("Write a host or an address, such as link:example.com/news.")
    return address


def _bare(address: str) -> str:
    return _WWW.sub("", _SCHEME.sub("", address)).rstrip("/")


def _source(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", value.lower()):
        raise ValueError("Write a connector's id, such as source:mastodon; for an outlet or a host use site:.")
    return value.lower()


def _one_of(name: str, choices: tuple[str, ...], synonyms: dict[str, str]) -> ValueField:
    def read(value: str) -> str:
        choice = synonyms.get(value.lower(), value.lower())
        if choice not in choices:
            raise ValueError(f"Write {name}: with one of {', '.join(choices)}.")
        return choice

    return ValueField(name, read)


_KINDS = {
    "posts": "post", "글": "post", "게시글": "post", "comments": "comment", "reply": "comment",
    "댓글": "comment", "기사": "article", "리뷰": "review", "후기": "review", "공유": "repost",
}  # fmt: skip
_HAVING = {
    "link": "links", "링크": "links", "hashtag": "hashtags", "해시태그": "hashtags", "image": "media",
    "images": "media", "이미지": "media", "사진": "media", "영상": "media", "ad": "promotion", "광고": "promotion",
}  # fmt: skip
HAS = ("media", "links", "hashtags", "promotion")
SENTIMENTS = ("positive", "negative", "neutral")

FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        ValueField("author", _handle, prefixes=True),
        ValueField("mention", _handle),
        ValueField("hashtag", _tag, prefixes=True),
        ValueField("site", _host),
        ValueField("link", _link),
        ValueField("source", _source),
        ValueField("lang", languages.asked),
        _one_of("kind", get_args(Kind), _KINDS),
        _one_of("sentiment", SENTIMENTS, {"긍정": "positive", "부정": "negative", "중립": "neutral"}),
        _one_of("has", HAS, _HAVING),
        NumberField("views"),
        NumberField("likes"),
        NumberField("replies"),
        NumberField("reposts"),
        NumberField("followers"),
    )
}
