"""Five platforms' responses, as the sample world writes them: boards, video comments, two networks, the press.

Others are like one of these to all stages. (Reddit's are none: its terms ask for a permission, so nothing is kept.)
A response shows what is new at its place and, as real ones do, some of what was there before: a board's page all
comments so far, a list the last posts.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

import msgspec

from infra.bench.sustaining.place import Place
from infra.local.world import WorldConfig
from infra.local.world import records as world
from infra.local.world.links import Directory, WorldAddresses
from infra.local.world.sites.bluesky import names, story, views
from infra.local.world.sites.gnuboard.reading import thread_page
from infra.local.world.sites.gnuboard.view import BoardView
from infra.local.world.sites.mastodon.entities import EntityWriter
from infra.local.world.sites.news import feeds
from infra.local.world.sites.scene import Scene
from infra.local.world.sites.youtube.records import Account, Records, Video
from infra.local.world.sites.youtube.records import Comment as Remark
from infra.local.world.sites.youtube.resources import Resources
from socialindex.sources.base import Request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.bench.sustaining.said import Said

_LONGEST_THREAD: Final = 20
"""Posts and comments of a board's page, after which people turn to another."""
_LONG_AGO: Final = timedelta(days=400)


class Board(Place):
    """A Gnuboard whose posts are read again with each comment."""

    source, new, weight = "gnuboard", 8, 32
    answer: ClassVar[dict[str, str]] = {"content-type": "text/html; charset=utf-8"}

    def _url(self) -> str:
        return f"{self.base}/bbs/board.php?bo_table=free"

    def _request(self, shown: Sequence[Said]) -> Request:
        return Request(
            url=f"{self._url()}&wr_id={shown[0].number}", kind="post", priority=1, context={"likes": "0"}, headers={}
        )

    def _body(self, shown: Sequence[Said], now: datetime) -> bytes:
        post, *others = shown
        comments = [
            world.Comment(number=each.number, writer=_writer(each), text=each.text, published_at=each.at)
            for each in others
        ]
        thread = world.Thread(
            number=post.number,
            title=post.text[:40],
            text=post.text,
            writer=_writer(post),
            published_at=post.at,
            views=200 + post.number % 700,
            comments=comments,
        )
        board = world.Board(table="free", title="자유게시판", threads=[thread], shows_likes=True)
        scene = _scene(self.base, now, boards=[board])
        return thread_page(BoardView(scene, board, self.base, now), thread).encode()

    def _kept(self) -> list[Said]:
        return [] if len(self._shown) > _LONGEST_THREAD else self._shown


class Fediverse(Place):
    """A Mastodon server's local timeline."""

    source, new, weight = "mastodon", 15, 18

    def _url(self) -> str:
        return f"{self.base}/public/local"

    def _request(self, shown: Sequence[Said]) -> Request:
        del shown
        url = f"{self.base}/api/v1/timelines/public?limit=40&local=true"
        return Request(url=url, kind="timeline", headers={"Accept": "application/json"})

    def _body(self, shown: Sequence[Said], now: datetime) -> bytes:
        accounts = {each.author: self._account(each, now) for each in shown}
        statuses = [
            world.Status(
                id=str(each.number),
                account=str(each.author),
                text=each.text,
                language=each.language,
                published_at=each.at,
                favourites=each.number % 9,
            )
            for each in shown
        ]
        writer = EntityWriter(_scene(self.base, now, accounts=[*accounts.values()], statuses=statuses))
        return msgspec.json.encode([writer.status(status) for status in reversed(statuses)])

    def _account(self, said: Said, now: datetime) -> world.Account:
        return world.Account(
            id=str(said.author),
            username=f"user{said.author}",
            name=f"이름{said.author}",
            note="",
            created_at=now - _LONG_AGO,
            followers=_followers(said),
            following=80,
        )


class Videos(Place):
    """Comments below a video."""

    source, new, weight = "youtube", 20, 20

    def _url(self) -> str:
        return f"https://www.youtube.com/@maker{self.number}"

    def _options(self) -> dict[str, str]:
        return {"pages": "20", "comments": "5"}

    def _request(self, shown: Sequence[Said]) -> Request:
        del shown
        query = f"part=snippet%2Creplies&videoId={self._video().id}&order=time&maxResults=100&textFormat=plainText"
        return Request(
            url=f"https://www.googleapis.com/youtube/v3/commentThreads?{query}",
            kind="comments",
            priority=1,
            context={"left": "0", "video": self._video().id},
            headers={"Accept": "application/json"},
        )

    def _body(self, shown: Sequence[Said], now: datetime) -> bytes:
        account = Account(f"UC{self.number:022}", "UU", f"maker{self.number}", "maker", 5_000)
        video, resources = self._video(), Resources(Records(account, [], self.number))
        comments = [
            Remark(f"Ug{each.number:024}", f"user{each.author}", each.text, each.at, each.number % 9)
            for each in reversed(shown)
        ]
        items = [resources.thread(video, comment, now) for comment in comments]
        page = {"totalResults": len(items), "resultsPerPage": 100}
        return msgspec.json.encode({"kind": "youtube#commentThreadListResponse", "pageInfo": page, "items": items})

    def _video(self) -> Video:
        return Video(f"v{self.number:010}", "", "", datetime(2026, 1, 1, tzinfo=UTC), [], 1, 1, [])


class Sky(Place):
    """A feed generator of Bluesky's."""

    source, new, weight = "bluesky", 15, 18

    def _url(self) -> str:
        return f"{self.base}/profile/{names.did(0, self.base)}/feed/news"

    def _request(self, shown: Sequence[Said]) -> Request:
        del shown
        feed = f"at%3A%2F%2F{names.did(0, self.base).replace(':', '%3A')}%2Fapp.bsky.feed.generator%2Fnews"
        url = f"{self.base}/xrpc/app.bsky.feed.getFeed?feed={feed}&limit=100"
        return Request(url=url, kind="feed", headers={"Accept": "application/json"})

    def _body(self, shown: Sequence[Said], now: datetime) -> bytes:
        posts = [self._post(each, now) for each in shown]
        accounts = {post.author.handle: post.author for post in posts}
        view = views.Views(story.Story(accounts, posts, [], [], []), self.base, 0, now)
        return msgspec.json.encode({"feed": [view.feed_item(post) for post in reversed(posts)]})

    def _post(self, said: Said, now: datetime) -> story.Post:
        handle = f"user{said.author}.test"
        author = story.Account(
            names.did(0, handle), handle, f"이름{said.author}", "", _followers(said), now - _LONG_AGO, said.language
        )
        uri = f"at://{author.did}/app.bsky.feed.post/{names.tid(said.at, str(said.number))}"
        return story.Post(uri, author, said.text, said.at, likes=said.number % 9)


class Press(Place):
    """A newspaper's feed with whole texts."""

    source, new, weight = "feed", 10, 12
    answer: ClassVar[dict[str, str]] = {"content-type": "application/rss+xml; charset=utf-8"}

    def _url(self) -> str:
        return f"{self.base}/rss.xml"

    def _request(self, shown: Sequence[Said]) -> Request:
        del shown
        return Request(url=self._url(), kind="feed", headers={"Accept": "application/rss+xml"}, leads=True)

    def _body(self, shown: Sequence[Said], now: datetime) -> bytes:
        del now
        channel = feeds.Channel("누리신문", self.base, self._url(), "ko")
        entries = [self._entry(each) for each in reversed(shown)]
        return feeds.rss(channel, entries, full=True).encode()

    def _entry(self, said: Said) -> feeds.Entry:
        article = world.Article(
            slug=str(said.number),
            title=said.text[:60],
            paragraphs=[said.text],
            byline=f"기자{said.author % 500}",
            language=said.language,
            section="it",
            published_at=said.at,
        )
        return feeds.Entry(article, f"{self.base}/news/{said.number}", article.paragraphs)


PLATFORMS: Final[tuple[type[Place], ...]] = (Board, Videos, Fediverse, Sky, Press)


def _scene(base: str, now: datetime, **shown: Any) -> Scene:  # noqa: ANN401 - lists of the world's items
    empty: dict[str, Any] = {name: [] for name in ("boards", "accounts", "statuses", "articles", "walk", "lab")}
    data = world.WorldData(seed=0, anchor=now, **{**empty, **shown})
    addresses = WorldAddresses(board=base, news=base, social=base, slow=base, flaky=base)
    return Scene(data, Directory(data, addresses), WorldConfig(clock=lambda: now))


def _writer(said: Said) -> world.Writer:
    return world.Writer(name=f"이름{said.author}", member=f"user{said.author}", ip="203.0.113.9")


def _followers(said: Said) -> int:
    return 20 + 3_000_000 // (said.author + 300)
