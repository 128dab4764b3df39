"""What must not be kept, and is taken down where it is held.

Lemmy's people have no setting about indexing; the fediverse's older way to opt out, a hashtag in the profile, counts.
A community may be for its own server's people only; 1.0 also has private ones, and ones that appear in no list. That a
server bans somebody is no "no" of theirs: what its moderators want gone is ``removed``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from socialindex.sources._lemmy.entities import Community, Person, View

_NO_BOTS: Final = re.compile(r"#(?:nobots?|noindex)\b", re.IGNORECASE)
_PUBLIC: Final = "public"
_REASONS: Final = {"unlisted": "unlisted", "private": "private"}


def objection(view: View) -> str | None:
    """The reason why a post or a comment may not be kept, or ``None``."""
    return community_objection(view.community) or person_objection(view.creator)


def community_objection(community: Community) -> str | None:
    """The reason why nothing of a community may be kept. v3 says ``LocalOnly``, v4 ``local_only_public``."""
    if community.deleted or community.removed:
        return "community_gone"
    visibility = community.visibility.replace("_", "").lower()
    if visibility.startswith("localonly"):
        return "local_only"
    if visibility != _PUBLIC:
        return _REASONS.get(visibility, "not_public")
    return "unlisted" if community.hidden else None


def person_objection(person: Person) -> str | None:
    """The reason why nothing of a person may be kept, or ``None``."""
    if person.deleted:
        return "account_deleted"
    bio = person.bio or ""
    return "nobot" if "#" in bio and _NO_BOTS.search(bio) else None
