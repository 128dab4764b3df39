"""The alarms of the templates, and what they look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, cast

from infra.local.template.document import load

ROOT: Final = Path(__file__).parents[2]
TEMPLATES: Final = ("template.yaml", "infra/monitoring.yaml", "infra/engine.yaml")
ALARM: Final = "AWS::CloudWatch::Alarm"
OURS: Final = {"Fn::Sub": "SocialIndex/${Stack}"}


def resources(template: str) -> dict[str, Any]:
    """The resources of a template; loops are lists."""
    return cast("dict[str, dict[str, Any]]", load(ROOT / template))["Resources"]


def alarms() -> dict[str, dict[str, Any]]:
    """All alarms by their logical ids; one of each loop."""
    found: dict[str, dict[str, Any]] = {}
    for template in TEMPLATES:
        for name, resource in resources(template).items():
            (made,) = resource[2].values() if "::" in name else (resource,)
            if made["Type"] == ALARM:
                found[name] = made["Properties"]
    return found


def metrics_read() -> int:
    """How many metrics all alarms read, those of every stage: what CloudWatch bills."""
    read = 0
    for template in TEMPLATES:
        for name, resource in resources(template).items():
            stages, made = (len(resource[1]), resource[2]) if "::" in name else (1, {name: resource})
            read += stages * sum(len(metrics(one["Properties"])) for one in made.values() if one["Type"] == ALARM)
    return read


def budgets() -> list[str]:
    """Pages of what rings without being an alarm."""
    found = resources("infra/monitoring.yaml").values()
    return [one["Metadata"]["Runbook"] for one in found if isinstance(one, dict) and "Budget" in one["Type"]]


def metrics(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """What an alarm looks at, each with namespace, name and dimensions."""
    return [one["MetricStat"]["Metric"] for one in alarm.get("Metrics", []) if "MetricStat" in one] or [alarm]
