"""The labelled texts, and how shares are counted."""

from __future__ import annotations

from collections import Counter

import pytest

from infra.bench import enrich
from infra.bench.enrich import Invented, Labelled, labelled_sets, macro_f1
from infra.bench.parse import corpus


@pytest.fixture(scope="module")
def sets() -> dict[str, Labelled]:
    return {labelled.name: labelled for labelled in labelled_sets()}


def test_there_are_enough_texts_of_every_label(sets: dict[str, Labelled]) -> None:
    for labelled in sets.values():
        labels = Counter(label for label, _ in labelled.cases)
        assert labels.keys() == set("+-0"), labelled.name
        assert min(labels.values()) >= 20, labelled.name
    assert sum(len(sets[f"ko_{half}"].cases) for half in ("dev", "held")) >= 300
    assert sum(len(sets[f"en_{half}"].cases) for half in ("dev", "held")) >= 200


def test_what_is_held_out_was_not_for_tuning(sets: dict[str, Labelled]) -> None:
    texts = [text for labelled in sets.values() for _, text in labelled.cases]
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("+", "+"), ("-", "-"), ("0", "0")], 1.0),
        ([("+", "-"), ("-", "0"), ("0", "+")], 0.0),
        ([("+", "+"), ("+", "+"), ("-", "+"), ("0", "+")], 2 / 3 / 3),  # + has precision 1/2 and recall 1
    ],
)
def test_every_label_counts_the_same(pairs: list[tuple[str, str]], expected: float) -> None:
    assert macro_f1(pairs) == pytest.approx(expected)


def test_the_dictionary_is_as_large_as_it_says_and_the_same_each_time() -> None:
    assert len(Invented(200).entries()) >= 180
    assert Invented(200).entries() == Invented(200).entries()


def test_json_sources_have_a_rate_and_texts_have_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = corpus()
    monkeypatch.setattr(enrich, "ROUNDS", 1)
    monkeypatch.setattr(enrich, "_LEAST_SECONDS", 0.001)
    monkeypatch.setattr(enrich, "corpus", lambda: {name: pages[name][:1] for name in ("bluesky", "feed", "gnuboard")})
    figures = {figure.name: figure for figure in enrich.run()}
    assert {name for name in figures if name.startswith("enrich_")} == {"enrich_bluesky"}
    assert figures["language_right"].value + figures["language_wrong"].value + figures[
        "language_absent"
    ].value == pytest.approx(1, abs=0.002)
    assert all(0 <= figure.value <= 1 for name, figure in figures.items() if not name.startswith("enrich_"))
