"""The model of costs: its prices, its sums, its limits, and the page of the docs that shows them."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from infra.cost import engine, report, scale
from infra.cost.load import PRESETS, Load, LoadError
from infra.cost.model import bill, uses
from infra.cost.prices import TABLE, Price, PriceError, Prices, load
from infra.cost.quantities import functions, quantities
from socialindex.cli.cost import cost
from tests.template.monitoring import metrics_read

if TYPE_CHECKING:
    from collections.abc import Callable

DOCS = Path(__file__).resolve().parents[3] / "docs" / "costs.md"
METRICS, DEPLOY = DOCS.with_name("metrics.md"), DOCS.with_name("deploy.md")
PRICES = load()
DAY = 86_400
LOADS = st.builds(
    Load,
    posts=st.floats(0, 1e9),
    topics=st.floats(0, 1e5),
    calls=st.floats(0, 1e8),
    months=st.floats(0, 120),
    window=st.floats(1, 300),
)
EVERY_PRICE = [(service, name) for service, named in PRICES.services.items() for name in named]


@pytest.mark.parametrize(("service", "name"), EVERY_PRICE)
def test_a_price_says_what_it_is_for_where_it_stands_and_since_when(service: str, name: str) -> None:
    price = PRICES.price(service, name)
    assert price.usd > 0
    assert price.unit
    assert "Pricing" in price.page
    assert date(2026, 1, 1) <= price.date


def test_every_price_is_used_by_some_load() -> None:
    asked: set[tuple[str, str]] = set()

    class Watched(Prices, frozen=True):
        def price(self, service: str, name: str) -> Price:
            asked.add((service, name))
            return super().price(service, name)

    table = Watched(region=PRICES.region, services=PRICES.services)
    for one in (Load(posts=100, topics=1, calls=1, months=0), Load(posts=1e9, topics=1, calls=1, months=12)):
        bill(one, table)
    assert asked >= set(EVERY_PRICE)


@pytest.mark.parametrize(
    ("service", "name", "words"),
    [("mainframe", "hour", "no prices of 'mainframe'"), ("sqs", "hour", "no price 'hour' of sqs")],
)
def test_what_has_no_price_is_refused(service: str, name: str, words: str) -> None:
    with pytest.raises(PriceError, match=words):
        PRICES.cost(service, name, 1)


def test_a_table_that_lacks_a_service_makes_no_bill() -> None:
    rest = {service: named for service, named in PRICES.services.items() if service != "ses"}
    with pytest.raises(PriceError, match="'ses'"):
        bill(PRESETS["1 million posts a day"], Prices(region="here", services=rest))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: re.sub(r"(?m)^date = .*$", "", text, count=1), "date"),
        (lambda text: text.replace("usd = 0.0000004", "usd = -1", 1), "below 0"),
        (lambda text: text.replace("usd = 0.0000004", 'usd = "free"', 1), "usd"),
        (lambda text: text.replace('region = "us-east-1"', "", 1), "str"),
        (lambda text: text + "[", "toml"),
    ],
)
def test_a_table_of_prices_with_a_fault_is_refused(change: Callable[[str], str], words: str, tmp_path: Path) -> None:
    table = tmp_path / "prices.toml"
    table.write_text(change(TABLE.read_text("utf-8")), "utf-8")
    with pytest.raises(PriceError, match=words):
        load(table)


def test_every_quantity_says_where_it_is_from() -> None:
    assert all(one.source and one.value > 0 for part in quantities().values() for one in part.values())


def test_alarms_cost_by_the_metrics_that_they_read() -> None:
    """A rate is of two metrics, and CloudWatch bills both."""
    made = bill(PRESETS["1 million posts a day"], PRICES)
    assert made.services["CloudWatch"]["alarms"] == pytest.approx(metrics_read() * 0.1)
    assert f"reads: {metrics_read()}," in METRICS.read_text("utf-8")
    assert f"the {metrics_read()} metrics that they read" in DEPLOY.read_text("utf-8")


def test_a_small_load_by_hand() -> None:
    """40,000 posts on 10,000 pages, one topic, 1,000 calls, this month only: reckoned with a pencil."""
    one = Load(posts=40_000, topics=1, calls=1_000, months=0, mentions=0)
    made = bill(one, PRICES)
    assert made.services["HTTP API"]["calls"] == pytest.approx(1_000 * 30.4 * 0.000001)
    assert made.services["S3"]["requests"] == pytest.approx(10_000 * 30.4 * (0.000005 + 0.0000004))
    assert made.services["SES"]["mails"] == pytest.approx(30.4 * 0.0001)
    assert made.services["OpenSearch Service"] == pytest.approx({"nodes": 730 * 0.073, "disks": 30 * 0.122})
    writes = 10_000 * 9 + 1_000 + (10_000 + 10_000 + 10_000) * 5
    assert made.services["DynamoDB"]["writes"] == pytest.approx(writes * 30.4 * 0.000000625)
    search = 1_000 * 30.4 * (0.08 * 0.0000133334 + 0.0000002)
    assert made.functions["search"] == pytest.approx(search)
    assert made.services["Lambda"]["invocations and time"] == pytest.approx(sum(made.functions.values()))
    assert made.total == pytest.approx(sum(sum(lines.values()) for lines in made.services.values()))


@given(LOADS, st.sampled_from(["posts", "topics", "calls", "months"]), st.floats(1, 1_000))
def test_more_never_costs_less(one: Load, name: str, factor: float) -> None:
    more = msgspec.structs.replace(one, **{name: getattr(one, name) * factor})
    assert bill(more, PRICES).total >= bill(one, PRICES).total * (1 - 1e-9)


@given(LOADS, st.floats(1, 300))
def test_to_wait_longer_for_batches_never_costs_more(one: Load, window: float) -> None:
    longer = msgspec.structs.replace(one, window=max(one.window, window))
    assert bill(longer, PRICES).total <= bill(one, PRICES).total * (1 + 1e-9)


@given(LOADS)
def test_the_engine_bears_what_it_was_chosen_for(one: Load) -> None:
    made, wanted = engine.cheapest(one, PRICES), engine.need(one)
    if made.managers:
        kind = next(kind for kind in engine.KINDS if kind.name == made.kind)
        assert made.nodes * kind.cores >= wanted.cores * (1 - 1e-9)
        assert wanted.disk <= made.disk <= max(made.nodes * kind.disk * (1 + 1e-9), engine.PRODUCTION_GB)
        assert made.nodes % engine.ZONES == 0
    else:
        assert wanted.disk / 2 <= made.disk


@pytest.mark.parametrize("name", ["posts", "topics", "calls", "months", "pages", "mentions"])
@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf")])
def test_a_load_that_cannot_be_is_refused(name: str, value: float) -> None:
    with pytest.raises(LoadError, match=name):
        Load(**{"posts": 1.0, "topics": 1.0, "calls": 1.0, "months": 1.0, name: value})


def test_functions_and_their_queues_are_those_of_the_template() -> None:
    assert set(uses(PRESETS["1 million posts a day"])) == set(functions())
    assert functions()["crawl"].queue is not None
    assert functions()["search"].queue is None
    assert functions()["maintain"].runs_day == 24 + 2 * 288


def test_a_part_at_its_limit_needs_all_that_it_has() -> None:
    """A load of as many posts as normalize bears asks for its concurrency, and one of more for more."""
    one = PRESETS["1 million posts a day"]
    limit = next(limit for limit in scale.limits(one) if limit.part.startswith("normalize"))
    within, beyond = (msgspec.structs.replace(one, posts=limit.posts * share) for share in (0.98, 1.1))
    assert "MaximumConcurrency, normalize" not in [change.what for change in scale.changes(within, PRICES)]
    assert "MaximumConcurrency, normalize" in [change.what for change in scale.changes(beyond, PRICES)]


@given(LOADS)
def test_limits_and_changes_are_there_for_every_load(one: Load) -> None:
    assert all(limit.posts > 0 for limit in scale.limits(one))
    assert all(change.now != change.then for change in scale.changes(one, PRICES))


def test_the_page_of_the_docs_shows_what_the_model_says() -> None:
    """Renew it with ``socialindex cost --markdown``."""
    assert report.markdown(report.tables(PRESETS, PRICES)) in DOCS.read_text("utf-8")


def test_three_loads_are_shown_unless_one_is_asked_for() -> None:
    shown = CliRunner().invoke(cost, ["--json"])
    assert list(json.loads(shown.output)) == list(PRESETS)
    one = json.loads(CliRunner().invoke(cost, ["--json", "--posts", "1e6", "--topics", "0"]).output)["this load"]
    assert one["load"]["mentions"] == 0
    assert one["total"] == pytest.approx(sum(sum(lines.values()) for lines in one["services"].values()))
    assert next(limit for limit in one["limits"] if limit["part"].startswith("topics"))["posts"] is None


def test_people_see_tables_and_which_prices_to_look_up() -> None:
    shown = CliRunner().invoke(cost, ["--posts", "1000"])
    assert shown.exit_code == 0
    assert "Dollars a month, us-east-1" in shown.output


def test_a_wrong_number_is_answered_with_what_to_give() -> None:
    shown = CliRunner().invoke(cost, ["--posts", "-3"])
    assert shown.exit_code == 1
    assert "posts is -3.0: give 0 to 1e+12" in shown.output
