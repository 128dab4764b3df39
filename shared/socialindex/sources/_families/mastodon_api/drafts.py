"""Posts out of statuses.

- A boost is two posts: the boosted status, whoever wrote it, and a ``repost`` without text. Both need the consent of
  the boosted status's author.
- A status whose author does not consent is a verdict that names it: where we hold it, it is taken down.
- Servers count only the reactions that reach them: a zero for another server's post is unknown, not zero.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from socialindex.errors import Discarded, ParseError
from socialindex.model import Draft, Media, MediaKind, Metrics
from socialindex.sources._families.mastodon_api.authors import author_of, handle
from socialindex.sources._families.mastodon_api.consent import MODERATED, objection
from socialindex.sources._families.mastodon_api.content import text_of, title_of, trimmed
from socialindex.sources._families.mastodon_api.references import Surroundings, by_id
from socialindex.sources._families.times import in_utc
from socialindex.sources.base import withdrawn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from socialindex.sources._families.mastodon_api.entities import Attachment, Status

_KINDS: Final[dict[str | None, MediaKind]] = {"image": "image", "gifv": "video", "video": "video", "audio": "audio"}
_LANGUAGE: Final = re.compile(r"(?!und|mul|mis|zxx)[a-z]{2,3}(?=[-_]|$)")
"""The primary subtag of BCP 47, without the codes that name no language (ISO 639-2)."""


@dataclass(frozen=True)
class Reader:
    """Reads the statuses of one answer.

    Attributes:
        origin: the server that answered, such as ``https://social.example``.
        domain: what follows the ``@`` in the handles of its accounts.
        read_at: when the answer was received.
        uris, first: as ``references.Surroundings``.
    """

    origin: str
    domain: str
    read_at: datetime
    uris: Mapping[str, str] = field(default_factory=dict)
    first: str | None = None

    def drafts(self, items: Iterable[Status | ParseError]) -> Iterator[Draft | Exception]:
        """The posts of some statuses in their order, each once; ``Discarded`` for those that may not be kept."""
        answer = [*items]
        around = Surroundings(by_id(answer), self.uris, self.first)
        seen = set[str]()
        for item in answer:
            for post in (item,) if isinstance(item, ParseError) else self._posts(item, around):
                if not isinstance(post, Draft):
                    yield post
                elif post.uri not in seen:
                    seen.add(post.uri)
                    yield post

    def _posts(self, status: Status, around: Surroundings) -> Iterable[Draft | Exception]:
        if status.reblog is None:
            return (self._post(status, around),)
        original = self._post(status.reblog, around)
        reason = original.reason if isinstance(original, Discarded) else objection(status)
        return original, self._repost(status, status.reblog.uri, reason)

    def _post(self, status: Status, around: Surroundings) -> Draft | Discarded:
        if reason := objection(status):
            if reason in MODERATED and "@" in status.account.acct:
                return Discarded(reason)  # what a server thinks of another's account is no word of its author's
            return withdrawn(reason, status.uri, author_of(status, self.domain).id)
        text, links = text_of(status, self.origin)
        title, attached = title_of(status), status.media_attachments or ()
        if not (text or title or attached):
            return Discarded("empty")
        return Draft(
            uri=status.uri,
            url=_page(status),
            title=title,
            text=text or None,
            language=_language(status.language),
            author=author_of(status, self.domain),
            published_at=in_utc(status.created_at),
            edited_at=in_utc(status.edited_at),
            in_reply_to=around.parent(status),
            thread=around.conversation(status),
            quote_of=around.quoted(status),
            mentions=[whole for each in status.mentions or () if (whole := handle(each.acct, self.domain))],
            hashtags=[tag.name for tag in status.tags or () if tag.name],
            links=links,
            media=[_media(each) for each in attached],
            metrics=_metrics(status, self.read_at),
            sensitive=status.sensitive or None,
        )

    def _repost(self, boost: Status, original: str, reason: str | None) -> Draft | Exception:
        """A boost. Pleroma and Akkoma give it the original's address: then it is named by who boosted what."""
        author = author_of(boost, self.domain)
        actor = author.id or author.handle
        if not actor:
            return ParseError("a boost by nobody")
        uri = boost.uri if boost.uri != original else f"{actor}#boost={quote(original, safe='')}"
        if reason:
            return withdrawn(reason, uri, author.id)
        return Draft(
            uri=uri,
            kind="repost",
            url=_page(boost) if boost.url != original else None,
            author=author,
            published_at=in_utc(boost.created_at),
            repost_of=original,
        )


def _page(status: Status) -> str | None:
    return status.url if status.url and status.url != status.uri else None


def _media(attachment: Attachment) -> Media:
    return Media(
        kind=_KINDS.get(attachment.type, "file"),
        url=attachment.remote_url or attachment.url or None,
        description=trimmed(attachment.description),
    )


def _metrics(status: Status, read_at: datetime) -> Metrics | None:
    least = 1 if "@" in status.account.acct else 0
    likes, replies = _known(status.favourites_count, least), _known(status.replies_count, least)
    reposts = _known(status.reblogs_count, least)
    if reposts is not None and status.quotes_count:
        reposts += max(status.quotes_count, 0)  # both carry a post further, as with Bluesky's
    if likes is replies is reposts is None:
        return None
    return Metrics(likes=likes, replies=replies, reposts=reposts, read_at=read_at)


def _known(count: int | None, least: int) -> int | None:
    return count if count is not None and count >= least else None


def _language(code: str | None) -> str | None:
    match = _LANGUAGE.match(code.lower()) if code else None
    return match[0] if match else None
