"""Plain text as the HTML that Mastodon makes of it: paragraphs, hashtags, mentions, shortened links."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from infra.local.world.sites.html import element

if TYPE_CHECKING:
    from infra.local.world.links import Directory
    from infra.local.world.records import Account

_TOKEN = re.compile(
    r"(?P<url>https?://[^\s<]+)|(?<![\w/])#(?P<tag>[^\W_][\w·]*)|(?<![\w/])@(?P<user>\w+)(?:@(?P<domain>[\w.-]+\w))?"
)
_SHOWN = 30
"""Characters of a link that stay visible."""


def hashtags(text: str) -> list[str]:
    """Hashtags of a text without ``#``, in the author's spelling, each once."""
    return list(dict.fromkeys(match["tag"] for match in _TOKEN.finditer(text) if match["tag"]))


class ContentWriter:
    """Renders statuses of one server."""

    def __init__(self, directory: Directory, accounts: list[Account]) -> None:
        self._directory = directory
        self._home = directory.addresses.social
        self._accounts = {(account.username, account.domain): account for account in accounts}

    def mentioned(self, text: str) -> list[Account]:
        """Accounts that a text addresses."""
        found = [self._account(match) for match in _TOKEN.finditer(text) if match["user"]]
        return list({account.id: account for account in found if account}.values())

    def html(self, text: str) -> str:
        """A status's content."""
        blocks = self._directory.fill(text).split("\n\n")
        return "".join(f"<p>{self._inline(block)}</p>" for block in blocks if block)

    def tag(self, name: str) -> dict[str, str]:
        """A hashtag as a status lists it: lower case, with its page."""
        return {"name": name.lower(), "url": f"{self._home}/tags/{name.lower()}"}

    def _inline(self, text: str) -> str:
        parts, end = [], 0
        for match in _TOKEN.finditer(text):
            parts += [escape(text[end : match.start()]), self._token(match)]
            end = match.end()
        return "".join([*parts, escape(text[end:])]).replace("\n", "<br />")

    def _token(self, match: re.Match[str]) -> str:
        if match["url"]:
            return _link(match["url"])
        if match["tag"]:
            url = self.tag(match["tag"])["url"]
            return element(
                "a", "#", element("span", escape(match["tag"])), href=url, class_="mention hashtag", rel="tag"
            )
        account = self._account(match)
        if account is None:
            return escape(match[0])
        name = element("span", account.username)
        link = element("a", "@", name, href=self._directory.profile(account), class_="u-url mention")
        return element("span", link, class_="h-card", translate="no")

    def _account(self, match: re.Match[str]) -> Account | None:
        return self._accounts.get((match["user"], match["domain"]))


def _link(url: str) -> str:
    """A link as Mastodon shortens it: the scheme and what exceeds thirty characters are invisible."""
    scheme, _, rest = url.partition("://")
    shown, hidden = rest[:_SHOWN], rest[_SHOWN:]
    css = "ellipsis" if hidden else ""
    return (
        f'<a href="{escape(url)}" target="_blank" rel="nofollow noopener noreferrer" translate="no">'
        f'<span class="invisible">{scheme}://</span><span class="{css}">{escape(shown)}</span>'
        f'<span class="invisible">{escape(hidden)}</span></a>'
    )
