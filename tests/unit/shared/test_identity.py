"""Ids: the same thing has the same one, and different things different ones."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from socialindex.identity import channel_id, new_id, post_id, request_id, shard_of

ANY = st.text(st.characters(exclude_categories=()))


@given(ANY)
@example("\ud800")
def test_a_posts_id_is_the_same_every_time_and_fits_everywhere(uri: str) -> None:
    assert post_id(uri) == post_id(uri)
    assert re.fullmatch("[a-z2-7]{26}", post_id(uri))


def test_ids_never_change_between_releases() -> None:
    assert post_id("https://board.example/free/1") == "icd3pz4b75ay2ad2v5bbzwigx4"
    assert channel_id("feed", "https://a.example/feed") == "ch_smw4vrggpo74y4ri"


@given(st.lists(ANY, unique=True, max_size=20))
def test_different_posts_have_different_ids(uris: list[str]) -> None:
    assert len({post_id(uri) for uri in uris}) == len(uris)


def test_a_channel_is_its_source_and_address() -> None:
    ids = {
        channel_id("feed", "https://a.example/"),
        channel_id("mastodon", "https://a.example/"),
        channel_id("feed", "https://b.example/"),
    }
    assert len(ids) == 3


def test_a_request_is_its_channel_kind_and_address() -> None:
    ids = {request_id(*parts) for parts in [("c", "k", "u"), ("d", "k", "u"), ("c", "l", "u"), ("c", "k", "v")]}
    assert len(ids) == 4


def test_new_ids_are_never_the_same() -> None:
    ids = {new_id("ws") for _ in range(1_000)}
    assert len(ids) == 1_000
    assert all(re.fullmatch("ws_[a-z2-7]{16}", one) for one in ids)


@given(ANY.filter(lambda text: text.isascii()), st.integers(1, 64))
def test_a_key_is_always_in_the_same_shard(key: str, shards: int) -> None:
    assert shard_of(key, shards) == shard_of(key, shards)
    assert 0 <= int(shard_of(key, shards)) < shards


def test_keys_spread_over_the_shards() -> None:
    counts = [0] * 4
    for number in range(4_000):
        counts[int(shard_of(f"host{number}.example", 4))] += 1
    assert min(counts) > 800
