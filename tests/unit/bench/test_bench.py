"""What ``make bench`` promises to whoever reads its figures, and what its figures rest on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from infra.bench import __main__ as bench
from infra.bench.cold_start import functions, packages
from infra.bench.corpus import Corpus, copies_of, crawl_world, posts_of
from infra.bench.figure import Figure, Spread, compared
from infra.bench.suite import benchmarks
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return crawl_world()


def test_a_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    figure = compared("x", "posts/s", [(10.0, 100.0), (30.0, 100.0), (200.0, 1_000.0)])
    assert figure == Figure("x", 30.0, "posts/s", 100.0, 0.2, Spread(0.1, 0.3))


def test_figures_claim_three_digits() -> None:
    assert compared("x", "ms", [(2.0, 3.0)]).ratio == 0.667
    assert compared("x", "ms", [(123_456.0, 1.0)]).value == 123_000


def test_every_benchmark_says_what_it_measures_beside_what() -> None:
    found = benchmarks()
    assert {"pipeline", "search", "cold_start", "parse", "fetch"} <= set(found)
    assert [name for name, headline in found.items() if "beside" not in headline] == []
    assert "figure" not in found


def test_help_teaches_all_names(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        bench.main(["--help"])
    assert end.value.code == 0
    said = capsys.readouterr().out
    assert [name for name in benchmarks() if name not in said] == []


def test_an_unknown_name_is_refused_with_those_that_exist(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        bench.main(["--name", "nonsense"])
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert [name for name in ("nonsense", *benchmarks()) if name not in said] == []


def measured(names: Iterable[str]) -> Iterator[Figure]:
    """Stands for minutes of measuring: two figures of a benchmark, then a part that is down."""
    for name in names:
        yield Figure(f"{name}_rate", 1_234.0, "posts/s", 2_468.0, 0.5, Spread(0.4, 0.6))
        yield Figure(f"{name}_alone", 3.0, "ms")
    raise Unavailable("the engine does not answer")


def test_json_is_a_line_per_figure_as_they_come(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "measure", measured)
    assert bench.main(["--name", "parse", "--json"]) == 1
    output = capsys.readouterr()
    assert [json.loads(line) for line in output.out.splitlines()] == [
        {"name": "parse_rate", "value": 1234.0, "unit": "posts/s", "baseline": 2468.0, "ratio": 0.5},
        {"name": "parse_alone", "value": 3.0, "unit": "ms", "baseline": None, "ratio": None},
    ]
    assert "the engine does not answer" in output.err


def test_the_table_keeps_what_was_found_before_something_failed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "measure", measured)
    assert bench.main(["--name", "parse"]) == 1
    row = next(line for line in capsys.readouterr().out.splitlines() if "parse_rate" in line)
    assert [cell.strip() for cell in row.strip("│").split("│")] == [
        "parse_rate", "posts/s", "1,234", "2,468", "0.5", "0.4 to 0.6",
    ]  # fmt: skip


def test_copies_of_the_world_hold_as_many_other_posts(corpus: Corpus) -> None:
    found = [{post.id for exchange in corpus.copy(number) for post in posts_of(exchange)} for number in (1, 2)]
    assert len(found[0]) == len(found[1]) > 300
    assert not found[0] & found[1]
    sources = {exchange.channel.source for exchange in corpus.exchanges}
    assert sources == {"feed", "gnuboard", "mastodon"}


def test_copied_posts_are_those_of_copied_pages(corpus: Corpus) -> None:
    posts = [post for exchange in corpus.exchanges for post in posts_of(exchange)]
    wanted = {post.id: post.platform for exchange in corpus.copy(0) for post in posts_of(exchange)}
    assert {post.id: post.platform for post in copies_of(posts, corpus.hosts, 1)} == wanted
    assert set(wanted.values()) <= set(corpus.platforms(0))


def test_the_most_expensive_packages_of_an_import_are_named() -> None:
    spent = packages(functions()["search"])
    assert {"botocore", "opensearchpy", "socialindex"} <= {name for name, _ in spent}
    assert [milliseconds for _, milliseconds in spent] == sorted((ms for _, ms in spent), reverse=True)
