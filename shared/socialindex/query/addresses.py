"""Addresses of pages within words: the index keeps none of them as words, so that a query's are looked for otherwise.

What is an address the index says (``addresses`` in ``infra/opensearch/analysis.json``): what begins with its scheme or
``www.``, and a host with a path, as people and microblogs shorten them. A host alone is a name (Booking.com).
"""

from __future__ import annotations

import re
from typing import Final

_ADDRESS: Final = re.compile(
    r"(?i:https?)://|(?<![A-Za-z0-9._@-])(?:[Ww]{3}\.(?=[A-Za-z0-9])|(?:[A-Za-z0-9-]+\.){1,6}[a-z]{2,12}(?<!\.js)/)",
    re.ASCII,
)
_HOST: Final = re.compile(r"(?:[a-z0-9-]+\.)+(?:com|net|org|info|kr|jp|cn)", re.ASCII | re.IGNORECASE)

_COUNTRY: Final = 2
"""Letters of the end that a country's hosts have (ISO 3166)."""
_END: Final = re.compile("com|net|org|info|edu|gov|mil|int|biz|app|dev|blog|shop|store|news|online|site|tech|xyz|test")
"""Ends that hosts often have else."""


def has_address(text: str) -> bool:
    """Whether an address begins somewhere in a text, also behind what is written together with it (``참고:https://…``)."""
    return _ADDRESS.search(text) is not None


def address_at(text: str) -> int:
    """Where the first address of a text begins; the text's length where it has none."""
    address = _ADDRESS.search(text)
    return len(text) if address is None else address.start()


def remark_of_site(host: str) -> str:
    """What the author of a host should hear that is one word, empty where it is the end of many hosts."""
    if "." in host or len(host) == _COUNTRY or host.startswith("xn--") or _END.fullmatch(host):
        return ""
    return f"site:{host} finds hosts that end in .{host}. For one host write all of it, such as site:{host}.com."


def remark(word: str) -> str:
    """What the author of an unquoted word should hear about addresses, empty where it is none."""
    if address := _ADDRESS.search(word):
        linked = word[address.start() :]
        return f"An address is found as it is written only; link:{linked} finds the posts that link to it."
    if _HOST.fullmatch(word):
        return f"{word} is looked for as words, and not within addresses; link:{word} finds the posts that link to it."
    return ""
