"""Posts out of submissions and comments.

- A crosspost that says nothing of its own (the same title, no text) is a repost; another one quotes. Either shows the
  original's pictures and video, unless the original is gone or may not be kept.
- Scores are fuzzed by Reddit, and hidden at first in some communities: then they are absent.
- Communities' texts are Markdown; we read what Reddit made of it. A poll's options follow its text.
- A link to a user's page of Reddit is a mention; other sites have users, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from socialindex.errors import Discarded, ParseError
from socialindex.model import Author, Draft, Media, Metrics
from socialindex.sources._families.polls import with_options
from socialindex.sources._families.times import from_unix
from socialindex.sources._reddit.consent import NOBODY, is_gone, objection
from socialindex.sources._reddit.places import is_site, uri_of, user_url
from socialindex.sources._reddit.things import Comment, GalleryPicture, More, Submission
from socialindex.sources.base import withdrawn
from socialindex.text import html_to_text, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

_USER: Final = re.compile(r"https?://[^/?#]+/(?:u|user)/([\w-]+)/?")
_OWN_MEDIA: Final = re.compile(r"https?://(?:[iv]\.redd\.it|(?:www\.)?reddit\.com/gallery)/")


@dataclass(frozen=True)
class Reader:
    """Reads the things of one answer.

    Attributes:
        site: where posts have their addresses.
        read_at: when the answer was received.
    """

    site: str
    read_at: datetime

    def drafts(self, things: Iterable[Submission | Comment | More | ParseError]) -> Iterator[Draft | Exception]:
        """The posts of things in their order; ``Discarded`` for those that may not be kept."""
        for thing in things:
            if isinstance(thing, ParseError):
                yield thing
            elif not isinstance(thing, More):
                yield self._draft(thing)

    def _draft(self, thing: Submission | Comment) -> Draft | Discarded:
        if is_gone(thing):
            return Draft(uri=self._uri(thing), kind="comment" if isinstance(thing, Comment) else "post", deleted=True)
        if reason := objection(thing):
            return withdrawn(reason, self._uri(thing))
        return self._comment(thing) if isinstance(thing, Comment) else self._submission(thing)

    def _submission(self, post: Submission) -> Draft:
        html = html_to_text(post.selftext_html or "", base_url=self.site)
        options = [plain_text(option.text or "") for option in post.poll_data.options] if post.poll_data else []
        text = with_options(html.text or plain_text(post.selftext or ""), options)
        original = uri_of(self.site, _bare(post.crosspost_parent)) if post.crosspost_parent else None
        repeats = not text and post.title in {shown.title for shown in post.crosspost_parent_list}
        return Draft(
            uri=self._uri(post),
            kind="repost" if original and repeats else "post",
            url=self._address(post),
            title=plain_text(post.title or "") or None,
            text=text or None,
            author=self._author(post.author),
            published_at=from_unix(post.created_utc),
            edited_at=_edited(post.edited),
            thread=self._uri(post),
            repost_of=original if repeats else None,
            quote_of=None if repeats else original,
            mentions=self._mentions(html.links),
            links=[*_link(post), *self._without_people(html.links)],
            media=[*_media(_shown(post))],
            metrics=self._metrics(
                likes=None if post.hide_score else post.score,
                replies=post.num_comments,
                reposts=post.num_crossposts,
                views=post.view_count,
            ),
            sensitive=_sensitive(post),
        )

    def _comment(self, comment: Comment) -> Draft:
        html = html_to_text(comment.body_html or "", base_url=self.site)
        link, parent = _bare(comment.link_id), comment.parent_id
        return Draft(
            uri=self._uri(comment),
            kind="comment",
            url=self._address(comment),
            text=html.text or plain_text(comment.body or "") or None,
            author=self._author(comment.author),
            published_at=from_unix(comment.created_utc),
            edited_at=_edited(comment.edited),
            in_reply_to=uri_of(self.site, link, _bare(parent) if parent.startswith("t1_") else None),
            thread=uri_of(self.site, link),
            mentions=self._mentions(html.links),
            links=self._without_people(html.links),
            metrics=self._metrics(likes=None if comment.score_hidden else comment.score),
            sensitive=comment.over_18 or None,
        )

    def _uri(self, thing: Submission | Comment) -> str:
        if isinstance(thing, Comment):
            return uri_of(self.site, _bare(thing.link_id), thing.id)
        return uri_of(self.site, thing.id)

    def _address(self, thing: Submission | Comment) -> str | None:
        return self.site + thing.permalink if thing.permalink and thing.permalink.startswith("/") else None

    def _author(self, name: str | None) -> Author | None:
        """Who wrote it; nobody, where the account was deleted."""
        if not name or name == NOBODY:
            return None
        address = user_url(self.site, name)
        return Author(id=address, handle=name, url=address, kind="bot" if name == "AutoModerator" else None)

    def _mentions(self, links: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(filter(None, map(self._person, links))))

    def _without_people(self, links: Iterable[str]) -> list[str]:
        return [link for link in links if not self._person(link)]

    def _person(self, link: str) -> str | None:
        """Whose page a link leads to, where it is one of the site's."""
        match = _USER.fullmatch(link)
        return match[1] if match and (is_site(link) or link.startswith(f"{self.site}/")) else None

    def _metrics(
        self, *, likes: int | None, replies: int | None = None, reposts: int | None = None, views: int | None = None
    ) -> Metrics | None:
        if likes is None and replies is None and reposts is None and views is None:
            return None
        return Metrics(likes=likes, replies=replies, reposts=reposts, views=views, read_at=self.read_at)


def _bare(name: str) -> str:
    """The id in a thing's whole name."""
    return name.partition("_")[2]


def _link(post: Submission) -> list[str]:
    """What a submission is about, where that is elsewhere: not its own page or media, nor what it crossposts."""
    inside = post.is_self or post.is_gallery or post.crosspost_parent or post.post_hint == "image"
    return [post.url] if post.url and not inside and not _OWN_MEDIA.match(post.url) else []


def _shown(post: Submission) -> Submission:
    """The submission whose media a submission shows: what it crossposts, where that may be shown."""
    kept = (shown for shown in post.crosspost_parent_list if not is_gone(shown) and objection(shown) is None)
    return next(kept, post)


def _media(post: Submission) -> Iterator[Media]:
    video = post.media.reddit_video if post.media else None
    if video:
        yield Media(kind="video", url=video.fallback_url)
    elif post.post_hint == "image" and post.url:
        yield Media(kind="image", url=post.url)
    for item in post.gallery_data.items if post.gallery_data else ():
        source = (post.media_metadata or {}).get(item.media_id, _NO_PICTURE).s
        yield Media(kind="image", url=(source.u or source.mp4) if source else None, description=item.caption or None)


def _sensitive(post: Submission) -> bool | None:
    """Marked as not safe for work or as a spoiler; absent where neither mark is told."""
    if post.over_18 is None and post.spoiler is None:
        return None
    return bool(post.over_18 or post.spoiler)


def _edited(edited: bool | float | None) -> datetime | None:  # noqa: FBT001 - the API's own: false, or a time
    return None if edited is None or isinstance(edited, bool) else from_unix(edited)


_NO_PICTURE: Final = GalleryPicture()
