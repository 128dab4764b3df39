"""Posts out of statuses.

- A boost is two posts: the boosted status, whoever wrote it, and a ``repost`` without text. Both need the consent of
  the boosted status's author.
- A reply names its parent by the server's own id. The parent's ``uri`` is known where Akkoma tells it, where the
  parent is in the same answer, and where authors answer themselves on their own server, whose addresses differ in
  the id alone. Otherwise ``in_reply_to`` is absent, and so is ``thread`` unless its first post is in the answer too.
- The content warning is the title. A poll's options follow the text, a line each, behind a circle.
- Servers count only the reactions that reach them: a zero for another server's post is unknown, not zero.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from socialindex.errors import Discarded, ParseError
from socialindex.model import Draft, Media, MediaKind, Metrics
from socialindex.sources._families.mastodon_api.authors import author_of, handle
from socialindex.sources._families.mastodon_api.consent import objection
from socialindex.text import html_to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from socialindex.sources._families.mastodon_api.entities import Attachment, Status

    Known = Mapping[str | int, Status]
    """The statuses of an answer by the server's own ids."""

_KINDS: Final[dict[str | None, MediaKind]] = {"image": "image", "gifv": "video", "video": "video", "audio": "audio"}
_QUOTE_FALLBACK: Final = re.compile(r'<(p|span) class="quote-inline">.{0,1000}?</\1>', re.DOTALL)
"""FEP-044f: the "RE: address" that stands in for a quote where none can be shown. Bounded: content is hostile."""
_TAG_PAGE: Final = re.compile(r"/tags?/([^/?#]+)/?$")
_LANGUAGE: Final = re.compile(r"(?!und|mul|mis|zxx)[a-z]{2,3}(?=[-_]|$)")
"""The primary subtag of BCP 47, without the codes that name no language (ISO 639-2)."""
_MAX_ANCESTORS: Final = 40
"""As many statuses as an answer holds."""


@dataclass(frozen=True)
class Reader:
    """Reads the statuses of one answer.

    Attributes:
        origin: the server that answered, such as ``https://social.example``.
        domain: what follows the ``@`` in the handles of its accounts.
        read_at: when the answer was received.
    """

    origin: str
    domain: str
    read_at: datetime

    def drafts(self, items: Iterable[Status | ParseError]) -> Iterator[Draft | Exception]:
        """The posts of some statuses in their order, each once; ``Discarded`` for those that may not be kept."""
        answer = [*items]
        known = _by_id(answer)
        seen = set[str]()
        for item in answer:
            for post in (item,) if isinstance(item, ParseError) else self._posts(item, known):
                if not isinstance(post, Draft):
                    yield post
                elif post.uri not in seen:
                    seen.add(post.uri)
                    yield post

    def _posts(self, status: Status, known: Known) -> Iterator[Draft | Exception]:
        if status.reblog is None:
            yield self._post(status, known)
            return
        original = self._post(status.reblog, known)
        yield original
        reason = original.reason if isinstance(original, Discarded) else objection(status)
        yield Discarded(reason) if reason else self._repost(status, status.reblog.uri)

    def _post(self, status: Status, known: Known) -> Draft | Discarded:
        if reason := objection(status):
            return Discarded(reason)
        text, links = self._content(status)
        title, media = _trimmed(status.spoiler_text), [_media(each) for each in status.media_attachments or ()]
        if not (text or title or media):
            return Discarded("empty")
        return Draft(
            uri=status.uri,
            url=_page(status),
            title=title,
            text=text or None,
            language=_language(status.language),
            author=author_of(status, self.domain),
            published_at=_utc(status.created_at),
            edited_at=_utc(status.edited_at),
            in_reply_to=_parent(status, known),
            thread=_thread(status, known),
            quote_of=_quoted(status, known),
            mentions=[whole for each in status.mentions or () if (whole := handle(each.acct, self.domain))],
            hashtags=[tag.name for tag in status.tags or () if tag.name],
            links=links,
            media=media,
            metrics=_metrics(status, self.read_at),
        )

    def _repost(self, boost: Status, original: str) -> Draft | ParseError:
        """A boost. Pleroma and Akkoma give it the original's address: then it is named by who boosted what."""
        author = author_of(boost, self.domain)
        actor = author.id or author.handle
        if not actor:
            return ParseError("a boost by nobody")
        return Draft(
            uri=boost.uri if boost.uri != original else f"{actor}#boost={quote(original, safe='')}",
            kind="repost",
            url=_page(boost) if boost.url != original else None,
            author=author,
            published_at=_utc(boost.created_at),
            repost_of=original,
        )

    def _content(self, status: Status) -> tuple[str, list[str]]:
        """Text with a poll's options, and the links that lead to neither a mentioned account nor a hashtag."""
        content = status.content or ""
        if "quote-inline" in content:
            content = _QUOTE_FALLBACK.sub("", content)
        html = html_to_text(content, base_url=self.origin)
        options = [f"○ {option.title}" for option in status.poll.options] if status.poll else []
        return "\n".join(filter(None, [html.text, *options])), _links(html.links, status)


def _by_id(answer: Iterable[Status | ParseError]) -> Known:
    statuses = [status for status in answer if not isinstance(status, ParseError)]
    boosted = [status.reblog for status in statuses if status.reblog]
    return {status.id: status for status in [*boosted, *statuses] if status.id is not None}


def _links(links: list[str], status: Status) -> list[str]:
    tags, mentions = status.tags or (), status.mentions or ()
    people = {mention.url for mention in mentions}
    names = {tag.name.lower() for tag in tags}
    found = [link for link in links if link not in people and not (names and _tag_of(link) in names)]
    card = status.card.url if status.card else None
    return [*found, card] if card and card not in found else found


def _tag_of(link: str) -> str | None:
    """The hashtag that a link leads to; remote posts lead to the tag's page at their own server."""
    match = _TAG_PAGE.search(link)
    return unquote(match[1]).lower() if match else None


def _parent(status: Status, known: Known) -> str | None:
    if status.akkoma and status.akkoma.in_reply_to_apid:
        return status.akkoma.in_reply_to_apid
    if status.in_reply_to_id is None:
        return None
    if parent := known.get(status.in_reply_to_id):
        return parent.uri
    return _own_status(status, status.in_reply_to_id) if _answers_itself(status) else None


def _answers_itself(status: Status) -> bool:
    return status.account.id is not None and status.in_reply_to_account_id == status.account.id


def _own_status(status: Status, other_id: str | int) -> str | None:
    """The address of another status of the same author at the server that made this one's address from its id."""
    prefix = status.uri.removesuffix(f"/statuses/{status.id}")
    return f"{prefix}/statuses/{other_id}" if prefix != status.uri else None


def _thread(status: Status, known: Known) -> str | None:
    """The address of the conversation's first post, where every step to it is in the answer."""
    for _ in range(_MAX_ANCESTORS):
        if not _is_reply(status):
            return status.uri
        parent = known.get(status.in_reply_to_id) if status.in_reply_to_id is not None else None
        if parent is None:
            return None
        status = parent
    return None


def _is_reply(status: Status) -> bool:
    """Mastodon keeps the parent's account when the parent is deleted."""
    ids = status.in_reply_to_id, status.in_reply_to_account_id
    return ids != (None, None) or bool(status.akkoma and status.akkoma.in_reply_to_apid)


def _quoted(status: Status, known: Known) -> str | None:
    """Mastodon's quotes count only while the quoted author accepts them."""
    if status.akkoma and status.akkoma.quote_apid:
        return status.akkoma.quote_apid
    if status.quote is None or status.quote.state not in {None, "accepted"}:
        return None
    quoted = status.quote.quoted_status or known.get(status.quote.quoted_status_id or "") or status.quote
    return quoted.uri or None


def _page(status: Status) -> str | None:
    return status.url if status.url and status.url != status.uri else None


def _media(attachment: Attachment) -> Media:
    return Media(
        kind=_KINDS.get(attachment.type, "file"),
        url=attachment.remote_url or attachment.url or None,
        description=_trimmed(attachment.description),
    )


def _metrics(status: Status, read_at: datetime) -> Metrics | None:
    least = 1 if "@" in status.account.acct else 0
    counts = status.favourites_count, status.replies_count, status.reblogs_count
    likes, replies, reposts = (count if count is not None and count >= least else None for count in counts)
    if likes is replies is reposts is None:
        return None
    return Metrics(likes=likes, replies=replies, reposts=reposts, read_at=read_at)


def _trimmed(text: str | None) -> str | None:
    return (text.strip() or None) if text else None


def _language(code: str | None) -> str | None:
    match = _LANGUAGE.match(code.lower()) if code else None
    return match[0] if match else None


def _utc(time: datetime | None) -> datetime | None:
    """In UTC, which a time without an offset is taken to be in; absent where UTC has no such year."""
    if time is None or time.tzinfo is UTC:
        return time
    try:
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except OverflowError:
        return None
