"""Following the pipeline at a start: it ends when the posts are there, whatever goes on for good."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, cast

import pytest
from rich.console import Console

from infra.local import progress

if TYPE_CHECKING:
    from socialindex.client import Client

LIMIT = 5.0
REST = 0.2
LOOK = 0.01


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_LOOK_SECONDS", LOOK)
    monkeypatch.setattr(progress, "_REST_SECONDS", REST)


class Api:
    """Answers with a pipeline in which one channel or another is polled all the time."""

    def __init__(self, posts: list[int | None], waiting: list[int]) -> None:
        self.posts, self.waiting, self.polls = posts, waiting, itertools.count()

    def call(self, *_: Any) -> dict[str, Any]:
        look = next(self.polls)
        posts, waiting = (told[min(look, len(told) - 1)] for told in (self.posts, self.waiting))
        stages = {
            "crawl": {"outcomes": {"ok": look}, "waiting": 1, "in_flight": 1},
            "normalize": {"outcomes": {"ok": look}, "waiting": waiting, "in_flight": None},
            "index": {"outcomes": {"ok": posts or 0}, "waiting": 0, "in_flight": 0},
        }
        return {"stages": stages, "sources": {"feed": {"posts": posts}}, "engine_answers": posts is not None}


@pytest.mark.parametrize(
    ("posts", "waiting", "seen"),
    [
        ([0] * 40 + [7], [0], 7),
        ([3] * 40 + [9], [1] * 40 + [0], 9),
        ([3] * 5 + [None] * 40 + [9], [0], 9),
    ],
    ids=["the first posts come late", "posts are on their way", "the engine is silent for a while"],
)
def test_a_start_is_followed_until_the_posts_are_there_though_polls_go_on(
    posts: list[int | None], waiting: list[int], seen: int
) -> None:
    api = Api(posts, waiting)
    state = progress.follow(cast("Client", api), Console(quiet=True), LIMIT)
    assert state["sources"]["feed"]["posts"] == seen
    assert next(api.polls) < LIMIT / LOOK / 2
