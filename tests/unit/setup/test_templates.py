"""The families of indices are made of the same parts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from socialindex.dictionary import Entry
from socialindex.engine import MENTIONS, TOPICS, mentions_index
from socialindex.mentions.merge import NOT_SHOWN
from socialindex.mentions.model import Mention
from socialindex.model import Post
from socialindex.setup.families import FAMILIES, MENTIONED, POSTS
from socialindex.setup.families import TOPICS as OF_TOPICS
from socialindex.setup.template import closed, combined, hidden, opened, shown, template_of
from socialindex.topics.stored import SHARDS, shard

if TYPE_CHECKING:
    from socialindex.setup.families import Family

FOLDER = Path(__file__).parents[3] / "infra" / "opensearch"
NURI = Entry(name="누리폰", variants=["NuriPhone"])


def template(family: Family, *entries: Entry, generation: int = 1) -> dict[str, Any]:
    return template_of(family, FOLDER, entries, generation)


def fields(family: Family) -> dict[str, Any]:
    found: dict[str, Any] = template(family)["template"]["mappings"]["properties"]
    return found


@pytest.mark.parametrize("family", [MENTIONED, OF_TOPICS], ids=["mentions", "topics"])
def test_what_a_post_has_is_read_the_same_way_everywhere(family: Family) -> None:
    ours, theirs = template(family, NURI)["template"], template(POSTS, NURI)["template"]
    assert ours["settings"]["index"]["analysis"] == theirs["settings"]["index"]["analysis"]
    assert ours["mappings"]["dynamic"] == "strict"
    common = fields(family).keys() & fields(POSTS).keys()
    assert {name: fields(family)[name] for name in common} == {name: fields(POSTS)[name] for name in common}


def test_a_mention_has_what_is_shown_of_a_post_and_its_own_fields() -> None:
    shown_of_post = (set(Post.__struct_fields__) - NOT_SHOWN) | {"visibility"}
    assert fields(MENTIONED).keys() == shown_of_post | {"mention", "versions"}
    assert fields(MENTIONED)["mention"]["properties"].keys() == set(Mention.__struct_fields__)
    assert fields(MENTIONED)["versions"] == {"type": "object", "enabled": False}


def test_a_topic_can_be_asked_of_whole_documents() -> None:
    assert fields(POSTS).keys() | {"query", "topic"} == fields(OF_TOPICS).keys()
    assert fields(OF_TOPICS)["query"] == {"type": "percolator"}


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_there_is_room_for_further_fields(family: Family) -> None:
    limit = template(family)["template"]["settings"]["index"]["mapping.total_fields.limit"]
    assert counted(fields(family)) < 0.75 * limit


def counted(properties: dict[str, Any]) -> int:
    """Fields as the engine counts them: objects and sub-fields too."""
    inside = (field.get("properties", {}) | field.get("fields", {}) for field in properties.values())
    return len(properties) + sum(map(counted, inside))


@pytest.mark.parametrize(
    ("family", "pattern", "index"),
    [
        (POSTS, "posts-g2-*", "posts-g2-2026.11"),
        (MENTIONED, "mentions-g2-*", "mentions-g2-2026.11"),
        (OF_TOPICS, "topics-g2", "topics-g2"),
    ],
)
def test_a_generation_has_names_of_its_own(family: Family, pattern: str, index: str) -> None:
    assert (family.pattern(2), family.named(2, "2026.11")) == (pattern, index)
    assert template(family, generation=2)["index_patterns"] == [pattern]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_a_generation_is_hidden_shown_closed_and_opened(family: Family) -> None:
    made = template(family)
    assert made["template"]["aliases"] == {family.name: {}}
    assert hidden(made)["template"]["aliases"] == {}
    assert shown(hidden(made)) == made
    assert closed(made)["template"]["settings"]["index"]["blocks"] == {"write": "true"}
    assert opened(closed(made)) == made


def test_a_change_of_any_family_is_one_of_all() -> None:
    bare, named = ([template(family, *entries) for family in FAMILIES] for entries in ([], [NURI]))
    assert combined(bare) == combined([template(family, generation=7) for family in FAMILIES])
    for number in range(len(FAMILIES)):
        assert combined([*bare[:number], named[number], *bare[number + 1 :]]) != combined(bare)


def test_a_mention_is_beside_its_post() -> None:
    assert mentions_index("posts-g3-2026.11") == "mentions-g3-2026.11" == MENTIONED.named(3, "2026.11")
    assert (MENTIONED.name, OF_TOPICS.name) == (MENTIONS, TOPICS)


def test_topics_are_spread_over_all_numbers() -> None:
    numbers = [shard(f"tp_{number}") for number in range(1_000)]
    assert numbers == [shard(f"tp_{number}") for number in range(1_000)]
    assert 0 <= min(numbers) < SHARDS // 50
    assert SHARDS * 49 // 50 < max(numbers) < SHARDS
