"""Posts out of views: posts and comments.

- Identity is the ActivityPub id: another server's post is told here too, and is hearsay, as the stages see by its host.
- A community's own server hears of every vote, other servers of those since somebody there follows: there a zero is
  unknown, not zero.
- A parent is told by its number at this server, which its identity does not follow from: it is known where the answer
  holds it, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - a dataclass's field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from socialindex.errors import Discarded, ParseError
from socialindex.model import Author, Draft, Media, Metrics
from socialindex.sources._families.typed_json import read_each
from socialindex.sources._lemmy.consent import objection
from socialindex.sources._lemmy.entities import View
from socialindex.sources._lemmy.languages import code_of
from socialindex.sources._lemmy.markdown import read_markdown
from socialindex.sources.base import withdrawn
from socialindex.text import canonical_url, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import msgspec

    from socialindex.sources._lemmy.entities import Comment, Person, Post

_PICTURE: Final = re.compile(r"\.(?:avif|gif|jpe?g|png|webp)", re.IGNORECASE)


@dataclass(frozen=True)
class Reader:
    """Reads the views of one answer.

    Attributes:
        origin: the server that answered, such as ``https://lemmy.example``.
        read_at: when it did.
    """

    origin: str
    read_at: datetime

    def drafts(self, raws: Iterable[msgspec.Raw]) -> Iterator[Draft | Exception]:
        """The posts of some views in their order; ``Discarded`` for those that may not be kept."""
        views = [*read_each(raws, View)]
        read = [view for view in views if isinstance(view, View)]
        uris = {str(view.comment.id): view.comment.ap_id for view in read if view.comment}
        for view in views:
            yield view if isinstance(view, ParseError) else self._draft(view, uris)

    def _draft(self, view: View, uris: Mapping[str, str]) -> Draft | Discarded:
        subject = view.subject
        if subject.deleted or subject.removed:
            return Draft(uri=subject.ap_id, kind="comment" if view.comment else "post", deleted=True)
        if reason := objection(view):
            return withdrawn(reason, subject.ap_id)
        return self._comment(view, view.comment, uris) if view.comment else self._post(view)

    def _post(self, view: View) -> Draft:
        post = view.post
        written = read_markdown(post.body or "", self.origin)
        shown = _picture(post)
        return Draft(
            uri=post.ap_id,
            title=plain_text(post.name) or None,
            text=written.text or None,
            language=code_of(post.language_id),
            author=_author(view.creator),
            published_at=post.written,
            edited_at=post.edited,
            thread=post.ap_id,
            quote_of=written.crossposts,
            mentions=written.mentions,
            links=[*([post.url] if post.url and not shown else []), *written.links],
            media=[*shown, *written.media],
            metrics=self._metrics(view, view.figures.comments),
            sensitive=post.nsfw or view.community.nsfw or None,
        )

    def _comment(self, view: View, comment: Comment, uris: Mapping[str, str]) -> Draft:
        written = read_markdown(comment.content, self.origin)
        above = comment.path.split(".")[1:-1]
        return Draft(
            uri=comment.ap_id,
            kind="comment",
            text=written.text or None,
            language=code_of(comment.language_id),
            author=_author(view.creator),
            published_at=comment.written,
            edited_at=comment.edited,
            in_reply_to=uris.get(above[-1]) if above else view.post.ap_id,
            thread=view.post.ap_id,
            mentions=written.mentions,
            links=written.links,
            media=written.media,
            metrics=self._metrics(view, view.figures.child_count),
            sensitive=view.post.nsfw or view.community.nsfw or None,
        )

    def _metrics(self, view: View, replies: int | None) -> Metrics | None:
        least = 0 if view.community.local else 1
        likes, replies = _known(view.figures.upvotes, least), _known(replies, least)
        return None if likes is replies is None else Metrics(likes=likes, replies=replies, read_at=self.read_at)


def _known(count: int | None, least: int) -> int | None:
    return count if count is not None and count >= least else None


def _author(person: Person) -> Author:
    host = urlsplit(canonical_url(person.uri or "") or "").netloc
    return Author(
        id=person.uri,
        handle=f"{person.name}@{host}" if host else person.name or None,
        name=plain_text(person.display_name or person.name) or None,
        url=person.uri,
        kind="bot" if person.bot_account else "person",
    )


def _picture(post: Post) -> list[Media]:
    """The picture that a post is about, where its address is one's."""
    if not post.url:
        return []
    told, path = post.url_content_type or "", post.url.partition("?")[0]
    is_picture = told.startswith("image/") if told else _PICTURE.search(path[-5:])
    return [Media(kind="image", url=post.url, description=post.alt_text or None)] if is_picture else []
