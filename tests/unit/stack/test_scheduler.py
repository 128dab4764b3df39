from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from infra.local.events.scheduler import payload
from infra.local.template.model import Schedule

if TYPE_CHECKING:
    from infra.local.template import Site

NOW = datetime(2026, 3, 12, 19, 3, 58, tzinfo=UTC)
ARN = "arn:aws:scheduler:us-east-1:000000000000:schedule/default/FEvery"


def schedule(text: str | None) -> Schedule:
    return Schedule(
        function="F", name="FEvery", arn=ARN, expression="rate(1 minute)", timezone="UTC", input=text, place="here"
    )


def test_context_attributes_are_replaced_in_the_input(site: Site) -> None:
    text = '{"at": "<aws.scheduler.scheduled-time>", "by": "<aws.scheduler.schedule-arn>", "n": <aws.scheduler.attempt-number>, "id": "<aws.scheduler.execution-id>"}'  # noqa: E501 - one line of JSON
    event = json.loads(payload(schedule(text), site.cloud, NOW))
    assert (event["at"], event["by"], event["n"]) == ("2026-03-12T19:03:58Z", ARN, 1)
    assert event["id"].isalnum()


def test_without_input_the_schedulers_own_event_is_sent(site: Site) -> None:
    event = json.loads(payload(schedule(None), site.cloud, NOW))
    assert event.pop("id")
    assert event == {
        "version": "0",
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": "000000000000",
        "time": "2026-03-12T19:03:58Z",
        "region": "us-east-1",
        "resources": [ARN],
        "detail": "{}",
    }
