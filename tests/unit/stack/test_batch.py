from __future__ import annotations

import json

import pytest

from infra.local.events.batch import Received, event, failed_ids, fitting, received
from infra.local.runtime.outcome import Outcome, failure

IDS = ["a", "b", "c"]


def failures(*identifiers: object) -> str:
    return json.dumps({"batchItemFailures": [{"itemIdentifier": one} for one in identifiers]})


@pytest.mark.parametrize(
    ("answer", "stay"),
    [
        ('{"batchItemFailures": []}', ""),
        ('{"batchItemFailures": null}', ""),
        ("{}", ""),
        ("null", ""),
        ('""', ""),
        ("", ""),
        ('{"statusCode": 200}', ""),
        (failures("b"), "b"),
        (failures("c", "a"), "ac"),
        (failures("b", "b"), "b"),
        (failures("a", "b", "c"), "abc"),
        (failures("unknown"), "abc"),
        (failures("a", "unknown"), "abc"),
        (failures(""), "abc"),
        (failures(None), "abc"),
        (failures(7), "abc"),
        ('{"batchItemFailures": [{"messageId": "a"}]}', "abc"),
        ('{"batchItemFailures": ["a"]}', "abc"),
        ('{"batchItemFailures": "a"}', "abc"),
        ('["a"]', "abc"),
        ('"done"', "abc"),
        ("{not json", "abc"),
        ("\udcff", "abc"),
    ],
)
def test_a_partial_answer_says_which_messages_stay(answer: str, stay: str) -> None:
    outcome = Outcome(answer.encode(errors="surrogateescape"))
    assert failed_ids(outcome, IDS, partial=True) == set(stay)


@pytest.mark.parametrize("answer", [failures("a"), "null", '"done"', "{not json"])
def test_without_partial_answers_any_success_is_complete(answer: str) -> None:
    assert failed_ids(Outcome(answer.encode()), IDS, partial=False) == set()


@pytest.mark.parametrize("partial", [True, False])
def test_a_failed_invocation_keeps_all_messages(partial: bool) -> None:
    assert failed_ids(failure("Sandbox.Timedout", "late"), IDS, partial=partial) == set(IDS)


def test_a_record_has_lambdas_shape() -> None:
    message = received(
        {
            "MessageId": "m-1",
            "ReceiptHandle": "r-1",
            "Body": "안녕",
            "MD5OfBody": "md5",
            "MD5OfMessageAttributes": "md5a",
            "Attributes": {"ApproximateReceiveCount": "2", "SentTimestamp": "1700000000000"},
            "MessageAttributes": {
                "kind": {"DataType": "String", "StringValue": "page"},
                "raw": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
            },
        },
        "arn:aws:sqs:us-east-1:000000000000:q",
        "us-east-1",
    )
    assert json.loads(event([message])) == {
        "Records": [
            {
                "messageId": "m-1",
                "receiptHandle": "r-1",
                "body": "안녕",
                "attributes": {"ApproximateReceiveCount": "2", "SentTimestamp": "1700000000000"},
                "messageAttributes": {
                    "kind": {
                        "dataType": "String",
                        "stringValue": "page",
                        "stringListValues": [],
                        "binaryListValues": [],
                    },
                    "raw": {
                        "dataType": "Binary",
                        "binaryValue": "AP8=",
                        "stringListValues": [],
                        "binaryListValues": [],
                    },
                },
                "md5OfBody": "md5",
                "md5OfMessageAttributes": "md5a",
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:q",
                "awsRegion": "us-east-1",
            }
        ]
    }


def test_a_batch_is_cut_where_its_event_would_be_too_large() -> None:
    batch = [Received(str(n), "r", b'"%d"' % n) for n in range(10)]
    for limit in range(len(event([])), len(event(batch)) + 1):
        count = fitting(batch, limit)
        assert len(event(batch[:count])) <= limit
        assert count == len(batch) or len(event(batch[: count + 1])) > limit
