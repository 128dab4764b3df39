"""The API's entities, the fields that we read.

v4 renamed times and actors and moved the counts into the entities: ``published`` became ``published_at``, ``updated``
``updated_at``, ``actor_id`` ``ap_id``. Here both names are fields, and a property says what they mean.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import Annotated

import msgspec

from socialindex.sources._families.times import in_utc
from socialindex.sources._families.typed_json import Entity

Uri = Annotated[str, msgspec.Meta(pattern="^https?://[^/]", max_length=2_000)]


class Counts(Entity, frozen=True, kw_only=True):
    """Figures: v3 has them beside a post or a comment (``counts``), v4 in it."""

    upvotes: int | None = None
    comments: int | None = None
    child_count: int | None = None


class Timed(Counts, frozen=True, kw_only=True):
    """What a post and a comment have in common."""

    id: int
    ap_id: Uri
    published: datetime | None = None
    published_at: datetime | None = None
    updated: datetime | None = None
    updated_at: datetime | None = None
    deleted: bool = False
    removed: bool = False
    local: bool | None = None
    language_id: int | None = None

    @property
    def written(self) -> datetime | None:
        return in_utc(self.published_at or self.published)

    @property
    def edited(self) -> datetime | None:
        return in_utc(self.updated_at or self.updated)


class Post(Timed, frozen=True, kw_only=True):
    """A post: a title with a text, a link, a picture or several of them."""

    name: str
    body: str | None = None
    url: str | None = None
    url_content_type: str | None = None
    alt_text: str | None = None
    nsfw: bool = False
    featured_community: bool = False
    featured_local: bool = False


class Comment(Timed, frozen=True, kw_only=True):
    """A comment; ``path`` has the numbers of those above it and its own, such as ``0.12.34``."""

    content: str
    path: str = "0"


class Actor(Entity, frozen=True, kw_only=True):
    """What a person and a community have in common."""

    name: str
    actor_id: Uri | None = None
    ap_id: Uri | None = None
    local: bool | None = None
    deleted: bool = False

    @property
    def uri(self) -> str | None:
        return self.ap_id or self.actor_id


class Person(Actor, frozen=True, kw_only=True):
    """Who wrote."""

    display_name: str | None = None
    bio: str | None = None
    bot_account: bool = False
    instance_id: int | None = None
    """The number of the person's server, counted from 1; 0 of everybody in what 1.0 answers to v3."""


class Community(Actor, frozen=True, kw_only=True):
    """Where it was posted."""

    title: str | None = None
    removed: bool = False
    hidden: bool = False
    nsfw: bool = False
    visibility: str = "Public"


class View(Entity, frozen=True, kw_only=True):
    """A post with who wrote it and where; or a comment, then ``post`` is the one that it belongs to."""

    post: Post
    creator: Person
    community: Community
    comment: Comment | None = None
    counts: Counts | None = None

    @property
    def subject(self) -> Post | Comment:
        """What the view is about."""
        return self.comment or self.post

    @property
    def figures(self) -> Counts:
        return self.counts or self.subject


class Single(Entity, frozen=True, kw_only=True):
    """``/post`` and ``/comment``; a post's crossposts, which are posts of other communities, are not read."""

    post_view: msgspec.Raw = msgspec.Raw()
    comment_view: msgspec.Raw = msgspec.Raw()


class Listing(Entity, frozen=True, kw_only=True):
    """A page of a list: v3 names what is listed, and a person's page lists both; v4 says ``items``."""

    posts: list[msgspec.Raw] | None = None
    comments: list[msgspec.Raw] | None = None
    items: list[msgspec.Raw] | None = None
    next_page: str | None = None


class Mark(Entity, frozen=True, kw_only=True):
    """The part of a view that paging needs."""

    post: Post
    comment: Comment | None = None

    @property
    def subject(self) -> Post | Comment:
        return self.comment or self.post


class Written(Entity, frozen=True, kw_only=True):
    """The part of a view that tells which release answers."""

    creator: Person


class CommunityView(Entity, frozen=True, kw_only=True):
    community: Community


class PersonView(Entity, frozen=True, kw_only=True):
    person: Person


class SiteName(Entity, frozen=True, kw_only=True):
    name: str


class LocalSite(Entity, frozen=True, kw_only=True):
    private_instance: bool = False
    enable_nsfl: bool | msgspec.UnsetType | None = msgspec.UNSET
    """A setting that only PieFed has."""

    @property
    def is_piefed(self) -> bool:
        return self.enable_nsfl is not msgspec.UNSET


class SiteView(Entity, frozen=True, kw_only=True):
    site: SiteName
    local_site: LocalSite = LocalSite()


class Site(Entity, frozen=True, kw_only=True):
    """``/site``."""

    site_view: SiteView
    version: str


class FoundCommunity(Entity, frozen=True, kw_only=True):
    """``/community``."""

    community_view: CommunityView


class FoundPerson(Entity, frozen=True, kw_only=True):
    """``/user`` of v3, ``/person`` of v4."""

    person_view: PersonView


class FoundPost(Entity, frozen=True, kw_only=True):
    """``/post``."""

    post_view: View
