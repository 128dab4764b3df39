"""Names as boards print them."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_MOST_CHARACTERS: Final = 100
_OCTET = r"(?:\d{1,3}|[*♡xX]{1,3})"
_IP = re.compile(rf"\s*(?:[(\[]\d{{1,3}}(?:\.{_OCTET}){{1,3}}[)\]]|(?<![\d.])\d{{1,3}}(?:\.{_OCTET}){{3}})\s*$")
_NOBODY = re.compile(r"익명\s*\d*|익명(?:의 )?\S{0,10}|ㅇㅇ+|비회원|손님|guest|anonymous", re.IGNORECASE)


class Name(NamedTuple):
    """A name without the fragments of IP addresses that boards print behind it."""

    shown: str
    identifies: bool
    """Whether it can stand for one person: not beside an address, and no word for nobody (익명, ㅇㅇ)."""

    @classmethod
    def of(cls, written: str) -> Name:
        """The name in what is written, on one line."""
        name = written[:_MOST_CHARACTERS]
        shown = _IP.sub("", name).strip()
        return cls(shown, shown == name and not _NOBODY.fullmatch(shown))
