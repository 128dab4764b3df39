"""Reading a robots.txt file: which of its lines are for us (RFC 9309, section 2.2).

Groups are picked here and by exact product token, because Protego's choice would take a group for ``social`` as one
for ``socialindexbot``. What is left is short enough to be kept with the host.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES: Final = 500 * 1024
"""Of a robots.txt, the least that RFC 9309, section 2.5, asks to parse. The rest is dropped."""

_BOM = b"\xef\xbb\xbf"
_RECORD = re.compile(
    rb"\s*(?P<name>user[ -]?agent|dis+al+ow|diasllow|disallaw|allow|crawl[ -]?delay|request[ -]?rate)"
    rb"\s*[:\s]\s*(?P<value>[^#]*)",
    re.IGNORECASE,
)
"""A line that matters, with the misspellings that the large search engines understand."""
_NAMES: Final = {b"d": "Disallow", b"a": "Allow", b"c": "Crawl-delay", b"r": "Request-rate"}
_AGENT = re.compile(rb"[A-Za-z_-]+|\*")
_ESCAPE = re.compile(rb"%([89A-Fa-f][0-9A-Fa-f])")
_WRITTEN = re.compile(rb"[!-$&-~]*")
"""Paths of printable ASCII without an escape."""
_MAX_NUMBER = 40  # characters of a delay or a rate

_ASCII: Final = "".join(map(chr, range(0x21, 0x7F)))


class _Group(NamedTuple):
    agents: set[str]
    rules: list[str]


def rules_for(token: str, body: bytes) -> Iterator[str]:
    """Rules of the groups that name us, or else of those for everybody (RFC 9309, section 2.2.1), as single lines."""
    groups = _groups(body)
    ours = [group for group in groups if token.lower() in group.agents]
    for group in ours or [group for group in groups if "*" in group.agents]:
        yield from group.rules


def _groups(body: bytes) -> list[_Group]:
    """Groups in the file's order. Sitemap and unknown lines do not end a group's list of agents; Crawl-delay does."""
    groups: list[_Group] = []
    naming = False
    for name, value in _records(body):
        if name.startswith(b"u"):
            if not naming:
                groups.append(_Group(set(), []))
            naming = True
            groups[-1].agents.add(_product(value))
        else:
            naming = False
            if groups and value:
                groups[-1].rules.append(f"{_NAMES[name[:1]]}: {_written(name, value)}")
    return groups


def _records(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    whole, cut = body[:MAX_BYTES].removeprefix(_BOM), len(body) >= MAX_BYTES
    lines = whole.replace(b"\r", b"\n").split(b"\n")
    for line in lines[:-1] if cut else lines:
        record = _RECORD.match(line)
        if record:
            yield record["name"].lower(), record["value"].strip()


def _product(value: bytes) -> str:
    """The product token of a User-agent line, which some write with a version or a wildcard behind it."""
    token = _AGENT.match(value)
    return token[0].decode().lower() if token else ""


def _written(name: bytes, value: bytes) -> str:
    return bytewise(value if name[:1] in b"da" else value[:_MAX_NUMBER])


def bytewise(path: bytes) -> str:
    """A path in ASCII, each byte beyond it escaped as the character of its number, however it was written.

    RFC 9309 compares octets. Protego compares decoded UTF-8, in which all that is none (EUC-KR, say) looks the same.
    """
    if _WRITTEN.fullmatch(path):
        return path.decode()  # nearly always
    octets = _ESCAPE.sub(lambda escape: bytes.fromhex(escape[1].decode()), path)
    return quote(octets.decode("latin-1"), safe=_ASCII)
