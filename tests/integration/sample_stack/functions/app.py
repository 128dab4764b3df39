"""The handlers of the sample template; they do what their events say."""

from __future__ import annotations

import base64
import json
import os
import time
from typing import Any

from sample import ledger  # type: ignore[import-not-found]  # it comes from the layer

Event = dict[str, Any]

_SECONDS = {"sleep": 5, "nap": 1.0}


def work(event: Event, _: object) -> Event:
    """Notes every message; ``bad`` ones fail, ``slow`` ones take their time at the first visit."""
    failed = [record for record in event["Records"] if not _done(record["body"])]
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in failed]}


def _done(body: str) -> bool:
    visits = ledger.add(body)
    if body.startswith("slow") and visits == 1:
        time.sleep(5)
    return not body.startswith("bad")


def turn(event: Event, _: object) -> None:
    """Notes when each message began and ended."""
    for record in event["Records"]:
        began = time.time()
        time.sleep(0.3)
        ledger.add(record["body"], began=repr(began), ended=repr(time.time()))


def crowd(event: Event, _: object) -> None:
    """Notes how many messages came with each."""
    for record in event["Records"]:
        ledger.add(record["body"], company=str(len(event["Records"])))


def tick(event: Event, _: object) -> None:
    """Notes a schedule's event."""
    ledger.add("tick", event=json.dumps(event))


def echo(event: Event, _: object) -> Event:
    """A picture where one is asked for, else the event itself."""
    if event.get("rawPath") == "/v1/picture":
        picture = base64.b64encode(bytes(range(256))).decode()
        return {"statusCode": 200, "headers": {"content-type": "image/png"}, "body": picture, "isBase64Encoded": True}
    return event


def odd(event: Event, context: Any) -> object:
    """Ends in the way that ``do`` names."""
    match event["pathParameters"]["do"]:
        case "raise":
            raise ValueError("on purpose")
        case "exit":
            os._exit(3)
        case "sleep" | "nap" as how:
            time.sleep(_SECONDS[how])
        case "huge":
            return "x" * 7_000_000
        case "environment":
            return dict(os.environ)
        case "context":
            return [context.function_name, context.invoked_function_arn, context.get_remaining_time_in_millis()]
        case "malformed":
            return {"statusCode": "fine"}
    return "well"
