"""Topics: queries that are watched around the clock, from a brand's name alone where that is all there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialindex.client.asking import NameFields, TopicChanges, TopicFields, body
from socialindex.client.core import path
from socialindex.client.files import OfWorkspaces
from socialindex.client.models import Suggestions, Topic, TopicProposal
from socialindex.client.models import Topics as Page

if TYPE_CHECKING:
    from typing import Unpack


class Topics(OfWorkspaces):
    """The routes of topics. ``workspace`` need not be named where the key has only one."""

    def propose_topic(self, name: str, *, workspace: str | None = None, **fields: Unpack[NameFields]) -> TopicProposal:
        """A query for what is known by a name: its spellings, what it finds, and what of that may be noise.

        Args:
            name: as people call it.
            workspace: whose topic it is to be: its own posts count too.
            fields: other names, competitors, and what is not meant.
        """
        home = path("workspaces", self._workspace(workspace), "topics", "propose")
        return self._question(home, body(fields, name=name), TopicProposal)

    def add_topic(
        self,
        name: str,
        q: str | None = None,
        *,
        workspace: str | None = None,
        idempotency_key: str | None = None,
        **fields: Unpack[TopicFields],
    ) -> Topic:
        """Make a topic: new posts are held against it from now on, and those that are there become mentions too.

        Args:
            name: as its workspace calls it.
            q: what it is about, in the query language.
            workspace: whose it is.
            idempotency_key: asked for again with the same key, it is made only once.
            fields: the query by its parts, filters, the target for answers, and how far back to look.
        """
        home = path("workspaces", self._workspace(workspace), "topics")
        return self._make(home, body(fields, name=name, q=q), Topic, idempotency_key)

    def topics(self, *, workspace: str | None = None, limit: int | None = None, cursor: str | None = None) -> Page:
        """A workspace's topics."""
        return self._get(path("workspaces", self._workspace(workspace), "topics"), Page, limit=limit, cursor=cursor)

    def topic(self, topic: str) -> Topic:
        """One topic: whether it is live, how far its backfill is, how many mentions it has."""
        return self._get(path("topics", topic), Topic)

    def change_topic(self, topic: str, **fields: Unpack[TopicChanges]) -> Topic:
        """Change what a topic is about or is called, or its target; ``answer_minutes=None`` takes the target back."""
        return self._change(path("topics", topic), {**fields}, Topic)

    def pause_topic(self, topic: str) -> Topic:
        """Let new posts make no mentions until it is resumed."""
        return self._change(path("topics", topic), {"state": "paused"}, Topic)

    def resume_topic(self, topic: str) -> Topic:
        """Let new posts make mentions again; those of the time in between are made up for."""
        return self._change(path("topics", topic), {"state": "active"}, Topic)

    def delete_topic(self, topic: str) -> Topic:
        """Delete a topic with its mentions and all that people did with them."""
        return self._delete(path("topics", topic), Topic)

    def topic_suggestions(self, topic: str) -> Suggestions:
        """What could be added to a topic: other spellings, misspellings, words that go with it."""
        return self._get(path("topics", topic, "suggestions"), Suggestions)
