"""Authors with their figures."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time

from socialindex.client.models.base import Model
from socialindex.client.models.figures import Coverage  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.client.models.posts import FacetValue, Post  # noqa: TC001 - msgspec reads the annotations at run time


class AuthorCard(Model, frozen=True, kw_only=True):
    """An author with the figures of the posts counted; ``None`` is what no source tells."""

    key: str
    name: str | None
    handle: str | None
    url: str | None
    kind: str | None
    source: str
    posts: int
    followers: int | None
    """The most that any of the posts tells."""
    views: int | None
    """Of those posts that tell their views."""
    engagement: int | None
    """Likes, replies and reposts, as far as the posts tell them."""
    reach: int | None
    """The views, where they are known; else the followers."""
    reach_by: str | None
    first_post: datetime | None
    last_post: datetime | None


class Authors(Model, frozen=True, kw_only=True):
    """The first authors of a selection."""

    items: list[AuthorCard]
    authors: int
    """How many there are, within a percent or so beyond some thousand."""
    unnamed: int
    """Posts of guests and others whom nothing tells apart: they are nobody's here."""
    coverage: Coverage


class AuthorProfile(Model, frozen=True, kw_only=True):
    """One author, by all posts that the caller may see."""

    author: AuthorCard
    sources: list[FacetValue]
    kinds: list[FacetValue]
    platforms: list[FacetValue]
    languages: list[FacetValue]
    hashtags: list[FacetValue]
    """Of each the twenty most frequent."""
    recent: list[Post]
    """The ten newest posts."""
