"""What the load test's figures rest on: when requests are due, what counts as an answer, where the knee is."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from infra.bench import load_sending
from infra.bench.load_curve import COLUMNS, HEAD, Row, column, knee, line, recovery, row
from infra.bench.load_picture import drawn
from infra.bench.load_requests import EXPECTED, KINDS, SEARCHES, Client, Step, arrivals, names
from infra.bench.load_watch import look
from infra.bench.loaders.told import Answered, Arrival, Plan, heard, kind_of, tell
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from pathlib import Path

US = Client("si_us", "ws_us", "tp_us")


def answered(
    status: int, kind: str = "", *, name: str = "search", at: float = 0.0, took: float = 0.1, late: float = 0.0
) -> Answered:
    return Answered(at, late, took, name, status, kind)


def borne(rate: float, share: float = 1.0, p95: float = 0.1) -> Row:
    return Row(rate, rate * share, share, 0.05, p95, p95, math.nan, Counter({"2xx": 10}), 0.0)


def test_requests_are_due_at_the_rate_whatever_becomes_of_them_and_the_same_in_every_run() -> None:
    due = arrivals([Step(50, 20), Step(200, 20)], US, seed=1)
    first = sum(one.at < 20 for one in due)
    assert due == arrivals([Step(50, 20), Step(200, 20)], US, seed=1)
    assert [one.at for one in due] == sorted(one.at for one in due)
    assert 0 < due[-1].at < 40
    assert first == pytest.approx(1_000, rel=0.15)
    assert len(due) - first == pytest.approx(4_000, rel=0.1)


def test_the_mix_holds_mistakes_and_leaves_the_key_out_of_strangers_requests() -> None:
    due = arrivals([Step(1_000, 10)], US, seed=1)
    counts = Counter(one.name for one in due)
    assert set(counts) == {kind.name for kind in KINDS}
    assert set(EXPECTED) < set(counts)
    assert {one.key for one in due if one.name == "stranger"} == {""}
    assert {one.key for one in due if one.name != "stranger"} == {US.key}
    assert all(json.loads(one.body) for one in due if one.body)


def test_two_clients_requests_can_be_told_apart() -> None:
    due = arrivals([Step(100, 5)], US, seed=1, kinds=names(SEARCHES, "loud"))
    assert {one.name for one in due} == {"loud search", "loud facets", "loud trends", "loud terms"}


PROBLEM = b'{"type": "t", "title": "x", "status": 503}'


@pytest.mark.parametrize(
    ("status", "content_type", "retry_after", "body", "kind"),
    [
        (200, "application/json", None, b"{}", ""),
        (400, "application/problem+json", None, PROBLEM, "problem"),
        (503, "application/problem+json", "5", PROBLEM, "problem"),
        (503, "application/problem+json", None, PROBLEM, "unclear"),
        (429, "application/problem+json", None, PROBLEM, "unclear"),
        (503, "application/json", None, b'{"message": "Service Unavailable"}', "gateway"),
        (500, "text/html", None, b"<h1>Oops", "unclear"),
        (502, "application/json", None, b"[]", "unclear"),
        (400, "application/problem+json", None, b"{", "unclear"),
    ],
)
def test_an_error_is_clear_or_not(
    status: int, content_type: str, retry_after: str | None, body: bytes, kind: str
) -> None:
    assert kind_of(status, content_type, retry_after, body) == kind


@pytest.mark.parametrize(
    ("one", "where"),
    [
        (answered(200), "2xx"),
        (answered(202, name="export"), "2xx"),
        (answered(400, "problem", name="mistake"), "4xx"),
        (answered(401, "problem", name="stranger"), "4xx"),
        (answered(404, "problem", name="missing"), "4xx"),
        (answered(200, name="mistake"), "unclear"),
        (answered(400, "problem"), "unclear"),
        (answered(429, "problem"), "429 plan"),
        (answered(429, "gateway"), "429 gate"),
        (answered(503, "problem"), "503 ours"),
        (answered(503, "gateway"), "503 gate"),
        (answered(503, "unclear"), "unclear"),
        (answered(500, "problem"), "unclear"),
        (answered(500, "gateway"), "unclear"),
        (answered(0, "unclear"), "unclear"),
    ],
)
def test_an_answer_counts_in_its_column(one: Answered, where: str) -> None:
    assert where in COLUMNS
    assert column(one) == where


def test_a_row_times_what_was_answered_and_apart_from_it_what_was_refused() -> None:
    answers = [answered(200, took=n / 100) for n in range(1, 91)]
    answers += [answered(503, "gateway", took=0.001, late=0.2)] * 10
    found = row(10, 10, answers)
    assert (found.answered, found.share) == (9.0, 0.9)
    assert (found.p50, found.p95, found.p99, found.refused_p95) == (0.45, 0.86, 0.9, 0.001)
    assert (found.counts["2xx"], found.counts["503 gate"], found.late) == (90, 10, 0.2)


def test_a_row_without_answers_has_no_times() -> None:
    found = row(10, 10, [answered(503, "gateway")])
    assert math.isnan(found.p95)
    assert len(line(found)) == len(HEAD)


@pytest.mark.parametrize(
    ("rows", "rate"),
    [
        ([borne(5), borne(10), borne(20, share=0.9)], 10),
        ([borne(5), borne(10, p95=1.2)], 5),
        ([borne(5, share=0.98)], None),
        ([], None),
    ],
)
def test_the_knee_is_the_highest_rate_that_is_borne(rows: list[Row], rate: float | None) -> None:
    found = knee(rows)
    assert (found and found.offered) == rate


@pytest.mark.parametrize(
    ("after", "seconds"),
    [
        ([answered(200, at=11), answered(200, at=12)], 0.0),
        ([answered(503, "gateway", at=11), answered(200, at=14), answered(200, at=15)], 1.0),
        ([answered(200, at=13, took=2.0), answered(200, at=15)], 3.0),
        ([answered(200, at=11), answered(500, "problem", at=15)], None),
    ],
)
def test_it_has_recovered_when_all_is_answered_in_time_again(after: list[Answered], seconds: float | None) -> None:
    assert recovery([answered(503, "gateway", at=9), *after], since=10, bound=1) == seconds


def test_a_plan_and_what_became_of_it_come_through_their_files(tmp_path: Path) -> None:
    plan = Plan("http://127.0.0.1:1", [Arrival(0.5, "search", "POST", "/v1/posts/search", "si_x", '{"q": "배터리"}')])
    plan.write(tmp_path / "plan")
    tell([answered(200)], tmp_path / "answers")
    assert Plan.read(tmp_path / "plan") == plan
    assert heard(tmp_path / "answers") == [answered(200)]


@pytest.mark.parametrize("host", ["http://192.0.2.1:80", "https://api.example.com", "http://127.0.0.1.example.com:80"])
def test_nothing_is_sent_to_another_machine(host: str) -> None:
    with pytest.raises(Unavailable, match="not on this machine"):
        load_sending.sent(host, [])


def test_without_locust_it_says_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCRAPY_PYTHON", raising=False)
    with pytest.raises(Unavailable, match="make bench"):
        load_sending.sent("http://127.0.0.1:1", arrivals([Step(5, 2)], US, seed=1))


def test_a_process_that_has_ended_holds_nothing() -> None:
    seen = look({"gone": [2**22 + 1]}, at=1.0)
    assert seen.memory == {"gone": 0.0}


def test_the_curve_is_an_svg_that_names_every_rate() -> None:
    svg = drawn([borne(5), borne(10), row(20, 10, [answered(503, "gateway")])])
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert all(f"{rate}/s offered" in svg for rate in (5, 10, 20))
    assert "NaN" not in svg
    assert "nan" not in svg
