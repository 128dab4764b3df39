"""Accounts that look coordinated, and those that only look alike."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from socialindex.identity import author_key, post_id
from socialindex.network import coordination as module
from socialindex.network.coordination import FLOOD, SHOWN, coordination
from tests.unit.network.posts import NINE, written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.model import Post


def copies(text: str, accounts: Iterable[str | None], start: float = 0, apart: float = 10, **fields: Any) -> list[Post]:
    """The same text by each of the accounts, some seconds apart."""
    numbered = enumerate(accounts)
    return [written(f"{text} {n}", by, start + n * apart, cluster_id=text, **fields) for n, by in numbered]


def team(count: int) -> list[str]:
    return [f"t{number}@x.example" for number in range(count)]


def keys(accounts: Iterable[str]) -> list[str]:
    return sorted(map(author_key, accounts))


def test_accounts_that_publish_the_same_texts_within_a_minute_twice_are_a_group_with_its_evidence() -> None:
    posts = [*copies("one", team(3)), *copies("two", team(3), 5000), *copies("other", ["seok", "mina"], 9000)]

    [group] = coordination(posts).groups

    assert (group.accounts, group.basis, group.sources) == (keys(team(3)), "repeated", ["mastodon"])
    assert {text.cluster for text in group.texts} == {post_id("one"), post_id("two")}
    one = next(text for text in group.texts if text.cluster == post_id("one"))
    assert (one.accounts, one.count, one.posts) == (3, 3, [post_id(f"one {n}") for n in range(3)])
    assert (one.first, one.last) == (NINE, NINE + timedelta(seconds=20))


def test_a_flood_of_one_text_is_a_group_on_a_weaker_basis() -> None:
    [group] = coordination(copies("flood", team(FLOOD))).groups

    assert (len(group.accounts), group.basis) == (FLOOD, "flood")


@pytest.mark.parametrize(
    "posts",
    [
        copies("once", team(FLOOD - 1)),
        [*copies("a", team(2)), *copies("b", team(2), 5000)],
        [*copies("a", team(3), apart=61), *copies("b", team(3), 5000, apart=61)],
        copies("slow, then five at once", team(40), apart=600) + copies("slow, then five at once", team(5), 90_000),
        [*copies("wire", team(6), kind="article"), *copies("wire 2", team(6), 5000, kind="article")],
        copies("boosts", team(9), repost_of="news"),
        copies("guests", [None] * 9),
        copies("one who repeats", ["me@x.example"] * 9),
        copies("gone", team(9), deleted_at=NINE),
        [],
    ],
    ids=["once", "two only", "too far apart", "people copy it all day", "articles", "reposts", "guests", "one account",
         "deleted", "nothing"],
)  # fmt: skip
def test_this_does_not_look_coordinated(posts: list[Post]) -> None:
    assert coordination(posts).groups == []


def test_guests_are_counted_as_evidence_and_belong_to_nobody() -> None:
    [group] = coordination(copies("flood", [*team(3), None, None, *team(6)[3:]], apart=5)).groups

    [text] = group.texts
    assert (text.accounts, text.guests) == (6, 2)


def test_teams_that_share_nothing_are_two_groups_the_larger_first() -> None:
    others = [f"o{number}@y.example" for number in range(4)]
    posts = [p for n in range(2) for p in (*copies(f"a {n}", team(3), n * 5000), *copies(f"b {n}", others, n * 7000))]

    assert [group.accounts for group in coordination(posts).groups] == [keys(others), keys(team(3))]


def test_of_a_large_flood_ten_posts_are_shown_and_all_are_counted() -> None:
    [group] = coordination(copies("flood", team(300), apart=0.1)).groups

    [text] = group.texts
    assert (text.count, len(text.posts), len(group.accounts)) == (300, SHOWN, 300)


def test_pairs_that_do_not_fit_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAIRS", 2)

    assert coordination(copies("a", team(3))).pairs_left_out == 1
