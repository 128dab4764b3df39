"""Options of a channel: how much of a place is read, and which of its statuses.

- ``pages``: pages of a timeline or of trends that the first poll reads.
- ``domain``: what follows the ``@`` in the handles of a server that is reached by another name.
- ``any``, ``all``, ``none``, of a hashtag: further hashtags with spaces between, as the API's parameters so named.
- ``exclude_reblogs``, ``exclude_replies``, of an account: ``true`` leaves out boosts, or answers.
- ``threads``: so many conversations are read for each page of a timeline, the most answered ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from socialindex.errors import InvalidInput

if TYPE_CHECKING:
    from socialindex.sources._families.mastodon_api.places import Place
    from socialindex.sources.base import Channel

DEFAULT_PAGES: Final = 3
_MAX_DIGITS: Final = 9
_TAG_FILTERS: Final = ("any", "all", "none")
_ACCOUNT_FILTERS: Final = ("exclude_reblogs", "exclude_replies")


def number(channel: Channel, name: str, default: int) -> int:
    """An option that is a number.

    Raises:
        InvalidInput: it is none.
    """
    value = channel.options.get(name, str(default))
    if not (value.isascii() and value.isdecimal() and len(value) <= _MAX_DIGITS):
        raise InvalidInput(f"not a number: {value[:40]!r}", field=name, remedy=f"send a number, such as {default}")
    return int(value)


def filters(channel: Channel, place: Place) -> list[tuple[str, str]]:
    """The API's parameters that a channel's options stand for, in the order of the options here.

    Raises:
        InvalidInput: an option that is neither ``true`` nor ``false``.
    """
    if place.kind == "tag":
        return [
            (f"{name}[]", tag.lstrip("#")) for name in _TAG_FILTERS for tag in channel.options.get(name, "").split()
        ]
    if place.kind == "account":
        return [(name, "true") for name in _ACCOUNT_FILTERS if _is_true(channel, name)]
    return []


def _is_true(channel: Channel, name: str) -> bool:
    value = channel.options.get(name, "false")
    if value not in {"true", "false"}:
        raise InvalidInput(f"neither true nor false: {value!r}", field=name, remedy="send true or false")
    return value == "true"
