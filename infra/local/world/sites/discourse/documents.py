"""Topics and posts as the forum's JSON shows them to a visitor."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from infra.local.world.sites.discourse.cooking import Cook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from infra.local.world.sites.discourse.forum import Post, Story, Topic

Json = dict[str, Any]
PAGE = 20
_BEFORE = 5
_HIDDEN = "<p>이 글은 커뮤니티의 신고로 임시로 숨겨졌습니다.</p>"
_AUTHOR_DELETED = "<p>(작성자가 삭제한 글)</p>"
_EXCERPT = 300
_COLUMNS = {"activity": "bumped_at", "created": "created_at", "views": "views"}


class Documents:
    """Writes documents as they are at a moment; ``fill`` puts addresses where a text names something of the world."""

    def __init__(self, story: Story, now: Callable[[], datetime], fill: Callable[[str], str]) -> None:
        self._story = story
        self._now = now
        self._fill = fill
        self._cook = Cook(story.users)

    def visible(self) -> list[Topic]:
        """Topics that a visitor may see now."""
        now = self._now()
        return [topic for topic in self._story.topics if not topic.category.restricted and topic.shown(now)]

    def latest(self, before: int) -> Json:
        """``/posts.json``: regular posts, newest first."""
        pairs = [(topic, post) for topic in self.visible() for post in topic.shown(self._now()) if not post.notice]
        pairs = [pair for pair in pairs if not before or pair[1].id < before]
        pairs.sort(key=lambda pair: pair[1].id, reverse=True)
        return {"latest_posts": [self.post(*pair) | {"topic_title": pair[0].title} for pair in pairs[:50]]}

    def by(self, username: str) -> list[Json]:
        """``/u/name/activity.json``."""
        return [
            self.post(topic, post) for topic, post in self._own(username) if not (post.hidden or post.author_deleted)
        ][:50]

    def actions(self, username: str, offset: int) -> Json:
        """``/user_actions.json``: the beginnings of somebody's posts."""
        entries = [self._action(topic, post) for topic, post in self._own(username)]
        return {"user_actions": entries[offset : offset + 30]}

    def listing(self, path: str, topics: Iterable[Topic], page: int, order: str = "") -> Json:
        """A list of topics: by their last activity, pinned ones first, or in another order."""
        rows, column = [self._row(topic) for topic in topics], _COLUMNS.get(order, "bumped_at")
        rows.sort(key=lambda row: (row["pinned"] and column == "bumped_at", row[column]), reverse=True)
        kept = f"order={order}&" if order else ""
        more = {"more_topics_url": f"{path}?{kept}page={page + 1}"} if len(rows) > (page + 1) * 30 else {}
        shown = rows[page * 30 : (page + 1) * 30]
        return {"users": [], "topic_list": {"can_create_topic": False, "per_page": 30, "topics": shown, **more}}

    def topic(self, topic: Topic, number: int | None, page: int) -> Json | None:
        """``/t/1.json``, around a post's number or a page; None beyond the end."""
        posts = topic.shown(self._now())
        first = (page - 1) * PAGE
        if number is not None:
            at = next((place for place, post in enumerate(posts) if post.number >= number), len(posts))
            first = max(0, min(at - _BEFORE, len(posts) - PAGE))
        if first >= len(posts):
            return None
        shown = [self.post(topic, post) for post in posts[first : first + PAGE]]
        return self._row(topic) | {
            "post_stream": {"posts": shown, "stream": [post.id for post in posts]},
            "tags": topic.tags,
            "chunk_size": PAGE,
            "details": {"can_edit": False},
        }

    def post(self, topic: Topic, post: Post) -> Json:
        """A post as its serializer writes it."""
        now = self._now()
        edited = post.edited_at if post.edited_at and post.is_edited(now) else None
        answers = [other for other in topic.shown(now) if post.number in (other.replies_to, other.quotes)]
        likes = int(post.likes * min(1.0, (now - post.published_at) / timedelta(hours=24)))
        return {
            "id": post.id,
            "name": post.by.name,
            "username": post.by.username,
            "created_at": _moment(post.published_at),
            "cooked": self._cooked(topic, post),
            "post_number": post.number,
            "post_type": 3 if post.notice else 1,
            "posts_count": len(topic.shown(now)),
            "updated_at": _moment(edited or post.published_at),
            "reply_count": len(answers),
            "reply_to_post_number": post.replies_to,
            "reads": 40 + post.id % 50,
            "topic_id": topic.id,
            "topic_slug": topic.slug,
            "version": 2 if edited else 1,
            "actions_summary": [{"id": 2, "count": likes}] if likes else [],
            "user_id": post.by.id,
            "hidden": post.hidden,
            **({"cooked_hidden": True} if post.hidden else {}),
            "deleted_at": None,
            "user_deleted": post.author_deleted,
            "wiki": post.wiki,
            "accepted_answer": topic.solved == post.number,
            **({"action_code": "pinned.enabled"} if post.notice else {}),
        }

    def _own(self, username: str) -> list[tuple[Topic, Post]]:
        pairs = [(topic, post) for topic in self.visible() for post in topic.shown(self._now())]
        own = [pair for pair in pairs if pair[1].by.username == username and not pair[1].notice]
        return sorted(own, key=lambda pair: pair[1].id, reverse=True)

    def _action(self, topic: Topic, post: Post) -> Json:
        text = self._fill(post.words(self._now()))
        return {
            "excerpt": text[:_EXCERPT].replace("\n", " "),
            "truncated": len(text) > _EXCERPT,
            "action_type": 4 if post.number == 1 else 5,
            "created_at": _moment(post.published_at),
            "slug": topic.slug,
            "topic_id": topic.id,
            "post_number": post.number,
            "post_id": post.id,
            "reply_to_post_number": post.replies_to,
            "acting_username": post.by.username,
            "acting_name": post.by.name,
            "acting_user_id": post.by.id,
            "title": topic.title,
            "deleted": post.author_deleted,
            "hidden": post.hidden,
            "post_type": 1,
        }

    def _row(self, topic: Topic) -> Json:
        posts = topic.shown(self._now())
        return {
            "id": topic.id,
            "title": topic.title,
            "fancy_title": topic.title,
            "slug": topic.slug,
            "posts_count": len(posts),
            "reply_count": sum(1 for post in posts if post.replies_to),
            "highest_post_number": posts[-1].number,
            "created_at": _moment(topic.posts[0].published_at),
            "last_posted_at": _moment(posts[-1].published_at),
            "bumped": True,
            "bumped_at": _moment(posts[-1].published_at),
            "archetype": "regular",
            "pinned": topic.pinned,
            "visible": True,
            "closed": False,
            "views": topic.views,
            "like_count": sum(post.likes for post in posts),
            "category_id": topic.category.id,
            "has_accepted_answer": topic.solved is not None,
        }

    def _cooked(self, topic: Topic, post: Post) -> str:
        if post.hidden:
            return _HIDDEN
        if post.author_deleted:
            return _AUTHOR_DELETED
        return self._cook.post(topic, post, self._fill(post.words(self._now())))


def _moment(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
