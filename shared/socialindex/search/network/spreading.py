"""How posts spread, what resonates, and what looks coordinated: read from the posts of a selection."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from socialindex.access import Scope
from socialindex.model import Struct
from socialindex.network.cascades import Cascade, Spreader, cascades, spreaders
from socialindex.network.coordination import Coordinated, coordination
from socialindex.network.reading import PAGE, Read
from socialindex.network.resonance import Group, Resonance, formats, resonances, themes
from socialindex.network.spread import Followers, Spread
from socialindex.search import fields
from socialindex.search.analytics.coverage import Coverage  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.search.http import Answer
from socialindex.search.network.jobs import TAG
from socialindex.search.network.looking import PATIENCE, AuthorName, Looked, PostCard, named
from socialindex.search.network.part import WEIGHT
from socialindex.search.routes import Doc, Route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from socialindex.access import Caller
    from socialindex.model import Post
    from socialindex.network.trees import Forest
    from socialindex.search.http import HttpRequest
    from socialindex.search.network.looking import Looking, Placed

_ORIGINS: Final = 5_000
"""Posts that are looked up because others came from them, at most."""
_AUTHORS: Final = 1_000
"""Authors whose other posts are looked at, at most: those whose posts spread most."""
_USUAL: Final = timedelta(days=90)
"""For which an author's other posts say what is usual."""
_FEWEST: Final = 2
"""Posts that make a cascade."""
A = TypeVar("A", bound=Struct)


class Diffusion(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """How the posts of a selection spread."""

    total: int
    """Cascades that were found."""
    cascades: list[Cascade]
    """The largest first. Where its first post is not of the selection, it was looked up."""
    spreaders: list[Spreader]
    """Who started cascades, the one whom most posts followed first."""
    posts: dict[str, PostCard]
    """The posts that the cascades began with, by their ids, those that the caller may see."""
    authors: dict[str, AuthorName]
    """Who is behind the authors' keys."""
    read: Read
    """Which posts that rests on."""
    coverage: Coverage


class ResonanceAnswer(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What of a selection went farther than usual, with the numbers behind it."""

    most: list[Resonance]
    """The most resonant posts, of those that spread at all."""
    themes: list[Group]
    """Hashtags and entities by how their posts resonate."""
    formats: list[Group]
    """What posts are made of, by how they resonate."""
    usual_from: int
    """Other posts of the same authors, of the last 90 days, that say what is usual."""
    posts: dict[str, PostCard]
    authors: dict[str, AuthorName]
    """Who is behind the authors' keys."""
    read: Read
    """Which posts that rests on."""
    coverage: Coverage


class CoordinationAnswer(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Accounts that look coordinated, with the evidence and the thresholds; nobody is called a bot."""

    total: int
    """Groups that were found."""
    groups: list[Coordinated]
    """The largest first."""
    window_seconds: float
    """Seconds that two posts of one text are apart at most."""
    repeated: int
    """Different texts that two accounts must have published within the window of each other."""
    flood: int
    """Accounts that are a group by one text alone."""
    pairs_left_out: int
    """Pairs beyond those that are kept: with any, groups may be missing."""
    posts: dict[str, PostCard]
    """The first post of each text."""
    authors: dict[str, AuthorName]
    """Who is behind the authors' keys."""
    read: Read
    """Which posts that rests on."""
    coverage: Coverage


class _Look(NamedTuple):
    """The posts of a request."""

    placed: Placed[Looked]
    posts: list[Post]
    read: Read


class SpreadPart:
    """The routes of spread."""

    def __init__(self, looking: Looking) -> None:
        self._looking = looking

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        return {
            **_both(
                "diffusion", self.diffusion, Doc("Tell how posts spread, and who started it", TAG, answer=Diffusion)
            ),
            **_both(
                "resonance",
                self.resonance,
                Doc("Tell what went farther than usual, by post, theme and format", TAG, answer=ResonanceAnswer),
            ),
            **_both(
                "coordination",
                self.coordination,
                Doc("Tell which accounts look coordinated, with the evidence", TAG, answer=CoordinationAnswer),
            ),
        }

    def diffusion(self, caller: Caller, asked: Looked) -> Diffusion:
        """How the posts of a selection spread.

        Raises (like all that follow):
            InvalidInput: a field asks for something that cannot be, or for too much.
            Unavailable: a part does not answer.
        """
        look = self._look(caller, asked)
        spread, trees = self._spread(caller, look)
        found = cascades(spread, trees)
        starters, shown = spreaders(found)[: asked.limit], found[: asked.limit]
        known = [*look.posts, *self._origins(caller, look, (one.post for one in shown if not one.held))]
        return Diffusion(
            total=len(found),
            cascades=shown,
            spreaders=starters,
            posts=self._looking.cards(caller, look.placed, (one.post for one in shown)),
            authors=named(known, [*(one.author for one in shown), *(one.author for one in starters)]),
            read=look.read,
            coverage=look.placed.coverage,
        )

    def resonance(self, caller: Caller, asked: Looked) -> ResonanceAnswer:
        """What went farther than usual."""
        look = self._look(caller, asked)
        spread, trees = self._spread(caller, look)
        followers = spread.followers(trees)
        others = self._others(caller, look, followers)
        own = {post.id for post in look.posts}
        found = [each for each in resonances([*look.posts, *others], followers) if each.post in own]
        most = [each for each in found if each.spread][: asked.limit]
        best = [*themes(found)[: asked.limit], *formats(found)]
        return ResonanceAnswer(
            most=most,
            themes=themes(found)[: asked.limit],
            formats=formats(found),
            usual_from=len(others),
            posts=self._looking.cards(
                caller, look.placed, [*(each.post for each in most), *(group.best for group in best)]
            ),
            authors=named(look.posts, (each.author for each in most)),
            read=look.read,
            coverage=look.placed.coverage,
        )

    def coordination(self, caller: Caller, asked: Looked) -> CoordinationAnswer:
        """What looks coordinated."""
        look = self._look(caller, asked)
        found = coordination(look.posts)
        shown = found.groups[: asked.limit]
        first = (text.posts[0] for group in shown for text in group.texts)
        return CoordinationAnswer(
            total=len(found.groups),
            groups=shown,
            window_seconds=found.window_seconds,
            repeated=found.repeated,
            flood=found.flood,
            pairs_left_out=found.pairs_left_out,
            posts=self._looking.cards(caller, look.placed, first),
            authors=named(look.posts, (account for group in shown for account in group.accounts)),
            read=look.read,
            coverage=look.placed.coverage,
        )

    def _look(self, caller: Caller, asked: Looked) -> _Look:
        placed = self._looking.placed(caller, asked)
        reader, end = self._looking.reader(caller, placed), time.monotonic() + PATIENCE
        posts = list(reader.posts(asked.posts, lambda: time.monotonic() < end))
        return _Look(placed, posts, reader.read(placed.total))

    def _spread(self, caller: Caller, look: _Look) -> tuple[Spread, Forest]:
        """What came from what; posts that others came from count, whether or not they are of the selection."""
        spread = Spread(look.posts)
        for post in self._origins(caller, look, [seen.id for seen in spread.seen if not seen.held]):
            spread.add(post)
        return spread, spread.forest()

    def _origins(self, caller: Caller, look: _Look, ids: Iterable[str]) -> Iterable[Post]:
        return self._looking.reader(caller, look.placed).by_ids(ids, _ORIGINS)

    def _others(self, caller: Caller, look: _Look, followers: Mapping[str, Followers]) -> list[Post]:
        """Other posts of those whose posts spread, the newest: what is usual shows where the selection is not."""
        by_spread = sorted(look.posts, key=lambda post: -followers.get(post.id, Followers()).all)
        keys = dict.fromkeys(post.author.key for post in by_spread if post.author and post.author.key)
        until = look.placed.coverage.until
        window = {"gte": (until - _USUAL).isoformat(), "lt": until.isoformat()}
        clauses: list[dict[str, Any]] = [
            {"terms": {"author.key": list(keys)[:_AUTHORS]}},
            {"range": {"published_at": window}},
        ]
        own = {post.id for post in look.posts}
        found = self._looking.reader(caller, look.placed).matching(clauses, PAGE)
        return [post for post in found if post.id not in own]


def _both(name: str, run: Callable[[Caller, Looked], A], doc: Doc) -> dict[str, Route]:
    """The two forms of a route: by URL, and by a body for what a URL cannot hold."""
    path = f"/v1/network/{name}"
    described = doc._replace(errors=(404,))

    def by_url(request: HttpRequest, caller: Caller) -> Answer:
        return Answer(200, run(caller, fields.from_query(Looked, request.query)))

    def by_body(request: HttpRequest, caller: Caller) -> Answer:
        return Answer(200, run(caller, fields.from_body(Looked, request.body())))

    return {
        f"GET {path}": Route(Scope.READ, by_url, described._replace(query=Looked), WEIGHT),
        f"POST {path}": Route(Scope.READ, by_body, described._replace(body=Looked), WEIGHT),
    }
