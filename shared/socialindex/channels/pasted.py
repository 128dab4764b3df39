"""What people paste where an address is asked for: without a scheme, as a handle, in the brackets of a mail."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from socialindex.errors import InvalidInput

REMEDY: Final = "paste the address of a board, a feed, a blog, a profile or a hashtag that everybody can open"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")  # RFC 3986, section 3.1
_BRACKETS = re.compile(r"<\s*(?:URL:)?(.*?)\s*>", re.IGNORECASE)  # RFC 3986, appendix C
_FEED = re.compile(r"feed:(?://)?", re.IGNORECASE)  # how buttons for feed readers write their links
_HANDLE = re.compile(r"(?:acct:@?|@)([^\s/@:]+)@([^\s/@?#]+)")  # RFC 7565, and how people write it
_LONE = re.compile(r"@[^\s/@:]+")
_MAIL = re.compile(r"(?:mailto:)?[^\s/@:]+@[^\s/@:]+", re.IGNORECASE)


def address_of(pasted: str) -> str:
    """An address as people type it: without a scheme it is taken for https, or for http where it names a port.

    A handle of the fediverse, ``@name@host``, is taken for the address that its page mostly has, ``host/@name``;
    what a button for feed readers gives, ``feed:``, for the address behind it.

    Raises:
        InvalidInput: it is empty, no address, a mail address, or a handle that does not say of which server.
    """
    found = pasted.strip()
    if within := _BRACKETS.fullmatch(found):
        found = within[1]
    if button := _FEED.match(found):
        found = found[button.end() :]
    if not found:
        raise InvalidInput("no address is given", field="url", remedy=REMEDY)
    if _SCHEME.match(found):
        return found
    if handle := _HANDLE.fullmatch(found):
        name, host = handle.groups()
        return address_of(f"{host}/@{name}")
    _see_server(found)
    try:
        port = urlsplit(f"//{found}").port
    except ValueError as error:
        raise InvalidInput(f"{found[:100]!r} is no address", field="url", remedy=REMEDY) from error
    return f"{'http' if port else 'https'}://{found}"


def _see_server(found: str) -> None:
    """Pass what is neither a handle of nowhere nor an address for mail, which ``@`` makes look like a password's.

    Raises:
        InvalidInput: it is one.
    """
    if _LONE.fullmatch(found):
        message = f"{found[:100]!r} does not say on which platform or server this handle is"
        raise InvalidInput(message, field="url", remedy="paste the profile's address, or a handle as @name@host")
    if _MAIL.fullmatch(found):
        message = f"{found[:100]!r} is a mail address, or a handle without its first @"
        raise InvalidInput(message, field="url", remedy="write a handle as @name@host, or paste the profile's address")
