"""What the engine shows of tables fits its mappings, and says nothing that is not known."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from socialindex.alert.projection import document
from socialindex.aws.outcomes import Counted
from socialindex.setup.projections import PROJECTIONS, projection
from socialindex.watch import projection as operations
from socialindex.watch.events import Finding, HealthEvent
from socialindex.watch.sources import Interval
from tests.integration.dashboards_world import alerts

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).parents[3] / "infra" / "opensearch"
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
COUNTED = Counted(stage="crawl", day="2026-11-28", source="", outcome="discard", reason="robots", times=3, last_at=NOW)
FINDING = Finding(kind="down", source="feed", since=NOW - timedelta(hours=2), message="feed: down", evidence={})
EVENT = HealthEvent(id="he_a", finding=FINDING, opened_at=NOW - timedelta(hours=1), seen_at=NOW)


def fields(name: str) -> dict[str, Any]:
    found: dict[str, Any] = projection(FOLDER, name)["template"]["mappings"]["properties"]
    return found


@pytest.mark.parametrize("name", PROJECTIONS)
def test_an_index_is_made_by_a_template_of_its_name(name: str) -> None:
    template = projection(FOLDER, name)
    assert template["index_patterns"] == [f"{name}-*"]
    assert template["template"]["aliases"] == {name: {}}
    assert template["template"]["mappings"]["dynamic"] == "strict"


def test_an_alert_s_document_fits_the_mapping_and_leaves_out_what_is_not_known() -> None:
    running = next(alert for alert in alerts(NOW) if alert.lead_time and alert.lead_time.minutes is None)
    found = document(running)
    assert found.keys() <= fields("alerts").keys()
    assert None not in found.values()
    assert not {"lead_minutes", "closed_at", "acknowledged_at", "assigned_to"} & found.keys()
    assert (found["in_press"], found["acknowledged"]) == (False, False)
    assert "times" not in document(msgspec.structs.replace(running, expected=0.0))


def test_an_alert_s_document_has_nobody_s_words_or_names() -> None:
    alert = next(iter(alerts(NOW)))
    text = json.dumps(document(alert), ensure_ascii=False)
    for evidence in alert.evidence:
        assert evidence.title
        assert evidence.author
        assert evidence.title not in text
        assert evidence.author not in text


CASES: list[tuple[str, Iterable[tuple[str, str, dict[str, Any]]], dict[str, Any]]] = [
    ("outcomes", operations.outcomes([COUNTED]), {"of": "outcome", "times": 3, "reason": "robots"}),
    ("open", operations.events([EVENT], NOW), {"of": "health", "open": True, "blind": True, "minutes": 120.0}),
    (
        "closed",
        operations.events([msgspec.structs.replace(EVENT, closed_at=NOW)], NOW + timedelta(days=1)),
        {"of": "health", "open": False, "minutes": 120.0, "closed_at": NOW.isoformat()},
    ),
    ("intervals", operations.intervals("feed", [Interval(at=NOW, asked=9, failed=2)]), {"of": "interval", "failed": 2}),
    (
        "queues",
        operations.queues(NOW.isoformat(), {"crawl": (5, 1, 0)}),
        {"of": "queue", "stage": "crawl", "waiting": 5},
    ),
]


@pytest.mark.parametrize(("documents", "wanted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_documents_of_operations_fit_the_mapping(documents: Any, wanted: dict[str, Any]) -> None:
    ((at, name, found),) = documents
    assert datetime.fromisoformat(at).tzinfo is not None
    assert name
    assert found.keys() | {"at"} <= fields("operations").keys()
    assert None not in found.values()
    assert "" not in found.values()
    assert wanted.items() <= found.items()


def test_an_index_is_named_by_the_month_in_utc() -> None:
    korea = datetime.fromisoformat("2026-12-01T03:00:00+09:00")
    assert operations.index_of(korea) == "operations-2026.11"
