"""Posts out of videos and comments.

- A video's description is its text, its keywords are its hashtags. Unlisted videos are meant for those who have their
  address, and are not kept; nor are private ones.
- A figure that is hidden, or of comments that are off, is absent.
- A video or comment that was asked for by its id and is not in the answer is gone: deleted, or private.
- An author's identity is the address of their channel: names and handles change.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from socialindex.errors import Discarded, ParseError
from socialindex.model import Author, Draft, Media, Metrics
from socialindex.sources._families.times import in_utc
from socialindex.sources._youtube.places import channel_url, comment_url, video_url
from socialindex.sources._youtube.requests import ids_in
from socialindex.sources._youtube.resources import Comment, Named, Page, Thread, Video, each
from socialindex.sources.base import withdrawn
from socialindex.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from socialindex.sources.base import Request

_ADDRESS: Final = re.compile(r"https?://(?:[^\s<>\"()]|\([^\s<>\"()]*\))+")
"""With parentheses that are closed within it: any other one is the sentence's."""
_PUNCTUATION: Final = ".,;:!?]}'”’」』】）"  # noqa: RUF001 - Korean and Japanese texts close their brackets with these
"""What ends a sentence rather than an address."""
_LANGUAGE: Final = re.compile(r"(?!und|mul|mis|zxx)[a-z]{2,3}(?=[-_]|$)")
"""The primary subtag of BCP 47, without the codes that name no language (ISO 639-2)."""


@dataclass(frozen=True)
class Reader:
    """Reads the resources of one answer.

    Attributes:
        site: where posts have their addresses.
        request: what was asked.
        read_at: when the answer was received.
    """

    site: str
    request: Request
    read_at: datetime

    def videos(self, page: Page) -> Iterator[Draft | Exception]:
        """The videos of an answer, then those that it lacks."""
        for video in each(page, Video):
            yield video if isinstance(video, ParseError) else self._video(video)
        for gone in _lacking(page, ids_in(self.request)):
            yield Draft(uri=video_url(self.site, gone), deleted=True)

    def threads(self, page: Page) -> Iterator[Draft | Exception]:
        """The comments of an answer, each with the replies that came along, then those that it lacks."""
        for thread in each(page, Thread):
            if isinstance(thread, ParseError):
                yield thread
                continue
            video = thread.snippet.video_id or self._video_of(thread.id)
            for comment in (thread.snippet.top_level_comment, *thread.replies.comments):
                yield self._comment(comment, video)
        yield from self._missing(page)

    def comments(self, page: Page) -> Iterator[Draft | Exception]:
        """The replies of an answer, then those that it lacks."""
        for comment in each(page, Comment):
            yield comment if isinstance(comment, ParseError) else self._comment(comment, self._video_of(comment.id))
        yield from self._missing(page)

    def _video(self, video: Video) -> Draft | Discarded:
        snippet, uri = video.snippet, video_url(self.site, video.id)
        if not video.is_public:
            return withdrawn("not_public", uri)
        text = plain_text(snippet.description or "")
        return Draft(
            uri=uri,
            title=plain_text(snippet.title or "") or None,
            text=text or None,
            language=_language(snippet.default_audio_language or snippet.default_language),
            author=self._owner(video),
            published_at=in_utc(snippet.published_at),
            thread=uri,
            hashtags=[tag for tag in snippet.tags if tag],
            links=links_in(text),
            media=[Media(kind="video", url=uri)],
            metrics=self._metrics(video),
            sensitive=True if video.content_details.content_rating.yt_rating == "ytAgeRestricted" else None,
        )

    def _owner(self, video: Video) -> Author:
        address = channel_url(self.site, video.snippet.channel_id)
        followers = self.request.context.get("followers")
        count = int(followers) if followers and self.request.context.get("owner") == video.snippet.channel_id else None
        return Author(id=address, name=video.snippet.channel_title or None, url=address, followers=count)

    def _metrics(self, video: Video) -> Metrics | None:
        counts = video.statistics
        if counts.view_count is None and counts.like_count is None and counts.comment_count is None:
            return None
        return Metrics(
            likes=counts.like_count, replies=counts.comment_count, views=counts.view_count, read_at=self.read_at
        )

    def _comment(self, comment: Comment, video: str | None) -> Draft | ParseError:
        if not video:
            return ParseError("a comment on nothing")
        snippet, thread = comment.snippet, video_url(self.site, video)
        text = plain_text(snippet.text_display or "")
        edited = snippet.updated_at if snippet.updated_at != snippet.published_at else None
        return Draft(
            uri=comment_url(self.site, video, comment.id),
            kind="comment",
            text=text or None,
            author=self._commenter(comment),
            published_at=in_utc(snippet.published_at),
            edited_at=in_utc(edited),
            in_reply_to=comment_url(self.site, video, snippet.parent_id) if snippet.parent_id else thread,
            thread=thread,
            links=links_in(text),
            metrics=None if snippet.like_count is None else Metrics(likes=snippet.like_count, read_at=self.read_at),
        )

    def _commenter(self, comment: Comment) -> Author | None:
        """Who commented: display names of commenters are their handles, ``@name``, since 2022."""
        name, channel = comment.snippet.author_display_name or "", comment.snippet.author_channel_id.value
        if not name and not channel:
            return None
        address = channel_url(self.site, channel) if channel else None
        handle = name[1:] or None if name.startswith("@") else None
        return Author(id=address, handle=handle, name=name or None, url=address)

    def _missing(self, page: Page) -> Iterator[Draft]:
        """Of comments that were asked for by their ids, those that are gone."""
        asked = self._asked()
        for gone in _lacking(page, asked):
            yield Draft(uri=comment_url(self.site, asked[gone], gone), kind="comment", deleted=True)

    def _video_of(self, comment: str) -> str | None:
        return self.request.context.get("video") or self._asked().get(comment)

    def _asked(self) -> dict[str, str]:
        """Comments that the request names, with their videos as its context tells them."""
        return dict(zip(ids_in(self.request), self.request.context.get("videos", "").split(), strict=False))


def links_in(text: str) -> list[str]:
    """Addresses in plain text, each once, without the sentence's punctuation behind them."""
    return list(dict.fromkeys(found.rstrip(_PUNCTUATION) for found in _ADDRESS.findall(text)))


def _lacking(page: Page, asked: Iterable[str]) -> list[str]:
    """Ids that were asked for and are not in the answer; none where it goes on, or holds one that cannot be read."""
    found = list(each(page, Named))
    if page.next_page_token or any(isinstance(named, ParseError) for named in found):
        return []
    answered = {named.id for named in found if not isinstance(named, ParseError)}
    return [wanted for wanted in asked if wanted not in answered]


def _language(tag: str | None) -> str | None:
    match = _LANGUAGE.match((tag or "").lower())
    return match[0] if match else None
