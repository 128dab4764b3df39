"""Metrics of our own, and no more than promises need: each costs money every month (docs/metrics.md).

They are written to the log in CloudWatch's embedded metric format, in the namespace of the stack, by service. What AWS
counts anyway (requests, errors, latencies, ages and depths of queues, the engine's disks and memory) is not here.
"""

from __future__ import annotations

import os
from collections import deque
from enum import Enum
from typing import Final

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

NAMESPACE: Final = "POWERTOOLS_METRICS_NAMESPACE"
"""The variable that names the namespace; where it is not set nobody asks for metrics (commands, benchmarks)."""


class Metric(Enum):
    """What is measured, by its name in CloudWatch: what it is, and its unit if it has one."""

    FRESHNESS = "FreshnessSeconds"
    """index: from when a post was published until it was written; new posts of channels that are followed."""
    POSTS_INDEXED = "PostsIndexed"
    """index: posts that were written, whether new, changed or the same."""
    MENTIONS_MADE = "MentionsMade"
    """index: mentions that were made."""
    ALERT_DELAY = "AlertDelaySeconds"
    """alert: how long the oldest change waited until all topics were looked at."""
    ALERTS_CHANGED = "AlertsChanged"
    """alert: alerts that were opened, changed or closed."""
    DELIVERY_DELAY = "DeliveryDelaySeconds"
    """deliver: from when a delivery was due until it was tried for the first time, whatever came of that."""
    BLIND_SOURCES = "BlindSources"
    """watch: sources of which half or more is not seen."""
    REMOVAL_AGE = "RemovalAgeSeconds"
    """erasure: how long ago the oldest removal that is not done was asked for; 0 where all are done."""
    MAINTAIN_AGE = "MaintainAgeSeconds"
    """maintain: how long ago a run by the hour last came to its end."""
    WAITED = "WaitedSeconds"
    """normalize, index, deliver: how long ago a message was sent that comes again; nothing where none does."""


_values: deque[tuple[Metric, float]] = deque()
"""Of this invocation. Threads append to it."""


def record(metric: Metric, value: float) -> None:
    """Note a value; it leaves at the end of the invocation."""
    if NAMESPACE in os.environ:
        _values.append((metric, value))


def flush() -> None:
    """Write down what was noted since the last time."""
    if not _values:
        return
    writer = Metrics()
    while _values:
        metric, value = _values.popleft()
        writer.add_metric(metric.value, _unit(metric), value)
    if writer.metric_set:  # a full one has left by itself
        writer.flush_metrics()


def _unit(metric: Metric) -> MetricUnit:
    return MetricUnit.Seconds if metric.value.endswith("Seconds") else MetricUnit.Count
