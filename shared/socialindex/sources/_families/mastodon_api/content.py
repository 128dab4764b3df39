"""What a status says: its text, its links, its title.

- The content warning is the title; where Friendica gives a title of its own, the warning follows it.
- A poll's options follow the text (``_families/polls``).
- Shortcodes of custom emoji name pictures and are left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from socialindex.sources._families.mastodon_api.authors import without_emoji
from socialindex.sources._families.polls import with_options
from socialindex.text import html_to_text

if TYPE_CHECKING:
    from socialindex.sources._families.mastodon_api.entities import Status

_QUOTE_FALLBACK: Final = re.compile(r'<(p|span) class="quote-inline">.{0,1000}?</\1>', re.DOTALL)
"""FEP-044f: the "RE: address" that stands in for a quote where none can be shown. Bounded: content is hostile."""
_TAG_PAGE: Final = re.compile(r"/tags?/([^/?#]+)/?$")


def title_of(status: Status) -> str | None:
    """The title, the content warning, or both."""
    own = trimmed(status.friendica.title) if status.friendica else None
    warning = trimmed(status.spoiler_text)
    if warning and status.emojis:
        warning = without_emoji(warning, status.emojis) or None
    return f"{own} · {warning}" if own and warning else own or warning


def text_of(status: Status, base_url: str) -> tuple[str, list[str]]:
    """Text with a poll's options, and the links that lead to neither a mentioned account nor a hashtag."""
    content = status.content or ""
    if "quote-inline" in content:
        content = _QUOTE_FALLBACK.sub("", content)
    text, links, _ = html_to_text(content, base_url=base_url)
    if status.poll:
        text = with_options(text, [option.title for option in status.poll.options])
    if status.emojis and ":" in text:
        text = without_emoji(text, status.emojis)
    return text, _links(links, status)


def trimmed(text: str | None) -> str | None:
    """Without white space around; ``None`` where nothing is left."""
    return (text.strip() or None) if text else None


def _links(links: list[str], status: Status) -> list[str]:
    found = _others(links, status) if links and (status.tags or status.mentions) else links
    card = status.card.url if status.card else None
    return [*found, card] if card and card not in found else found


def _others(links: list[str], status: Status) -> list[str]:
    people = {mention.url for mention in status.mentions or ()}
    names = {tag.name.lower() for tag in status.tags or ()}
    return [link for link in links if link not in people and not (names and _tag_of(link) in names)]


def _tag_of(link: str) -> str | None:
    """The hashtag that a link leads to; remote posts lead to the tag's page at their own server."""
    match = _TAG_PAGE.search(link)
    return unquote(match[1]).lower() if match else None
