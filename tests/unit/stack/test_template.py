from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from socialindex.errors import InvalidInput

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.stack.conftest import Reader

WHOLE = """
AWSTemplateFormatVersion: 2010-09-09
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.13
    Timeout: 20
    Layers: [!Ref SharedLayer]
    Environment: {Variables: {STAGE: dev, LEVEL: INFO}}
Resources:
  SharedLayer: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: shared/}}
  DeadLetters: {Type: AWS::SQS::Queue, Properties: {MessageRetentionPeriod: 1209600}}
  CrawlQueue:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 120
      SqsManagedSseEnabled: true
      RedrivePolicy: {deadLetterTargetArn: !GetAtt DeadLetters.Arn, maxReceiveCount: 5}
  Channels:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      TimeToLiveSpecification: {AttributeName: expires, Enabled: true}
      AttributeDefinitions:
        - {AttributeName: pk, AttributeType: S}
        - {AttributeName: due, AttributeType: N}
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      GlobalSecondaryIndexes:
        - IndexName: due
          KeySchema: [{AttributeName: pk, KeyType: HASH}, {AttributeName: due, KeyType: RANGE}]
          Projection: {ProjectionType: INCLUDE, NonKeyAttributes: [url]}
  Archive: {Type: AWS::S3::Bucket, Properties: {VersioningConfiguration: {Status: Enabled}}}
  Role: {Type: AWS::IAM::Role}
  Api: {Type: AWS::Serverless::HttpApi, Properties: {Auth: {DefaultAuthorizer: Key}}}
  Crawl:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: fn
      Handler: app.handler
      Role: !GetAtt Role.Arn
      Timeout: 60
      MemorySize: 512
      EventInvokeConfig: {MaximumRetryAttempts: 0}
      Environment: {Variables: {LEVEL: DEBUG, QUEUE: !Ref CrawlQueue}}
      Events:
        Queue:
          Type: SQS
          Properties:
            Queue: !GetAtt CrawlQueue.Arn
            BatchSize: 25
            MaximumBatchingWindowInSeconds: 2
            FunctionResponseTypes: [ReportBatchItemFailures]
            ScalingConfig: {MaximumConcurrency: 4}
        Every:
          Type: ScheduleV2
          Properties: {ScheduleExpression: rate(1 minute), Input: '{"a": 1}', RoleArn: !GetAtt Role.Arn}
        Off:
          Type: ScheduleV2
          Properties: {ScheduleExpression: rate(1 minute), State: DISABLED}
        Bucket: {Type: S3, Properties: {Bucket: !Ref Archive}}
        Get: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: get, Path: '/v1/posts/{id}'}}
        Rest: {Type: HttpApi, Properties: {ApiId: !Ref Api}}
Outputs:
  Url: {Value: !GetAtt Api.ApiEndpoint}
  RoleArn: {Value: !GetAtt Role.Arn}
"""


def test_a_whole_template(read: Reader, tmp_path: Path) -> None:
    template = read(WHOLE)
    crawl = template.functions["Crawl"]
    assert crawl.environment == {
        "STAGE": "dev",
        "LEVEL": "DEBUG",
        "QUEUE": "http://127.0.0.1:9324/000000000000/demo-CrawlQueue",
    }
    assert (crawl.timeout, crawl.memory, crawl.runtime, crawl.retries) == (60, 512, "python3.13", 0)
    assert (crawl.code, crawl.layers) == (tmp_path / "fn", [tmp_path / "shared"])
    assert template.ignored == {"Role": "AWS::IAM::Role"}
    assert template.outputs == {"Url": "http://127.0.0.1:3000"}


def test_queues_carry_only_what_the_local_server_knows(read: Reader) -> None:
    queue = read(WHOLE).queues["CrawlQueue"]
    assert queue.made_with == {}
    assert queue.attributes.keys() == {"VisibilityTimeout", "RedrivePolicy"}
    assert msgspec.json.decode(queue.attributes["RedrivePolicy"]) == {
        "deadLetterTargetArn": "arn:aws:sqs:us-east-1:000000000000:demo-DeadLetters",
        "maxReceiveCount": 5,
    }


def test_a_table_is_the_request_that_creates_it(read: Reader) -> None:
    assert read(WHOLE).tables["Channels"].definition == {
        "TableName": "demo-Channels",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "due", "AttributeType": "N"},
        ],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "due",
                "KeySchema": [
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "due", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["url"]},
            }
        ],
    }


def test_events_are_wired(read: Reader) -> None:
    template = read(WHOLE)
    (source,) = template.sources
    assert (source.queue, source.batch_size, source.window, source.partial, source.concurrency) == (
        "CrawlQueue", 25, 2, True, 4,
    )  # fmt: skip
    (schedule,) = template.schedules
    assert (schedule.expression, schedule.input, schedule.timezone) == ("rate(1 minute)", '{"a": 1}', "UTC")
    assert [route.key for route in template.routes] == ["GET /v1/posts/{id}", "$default"]


def test_what_works_differently_here_is_said(read: Reader) -> None:
    notes = "\n".join(read(WHOLE).notes)
    assert "Channels: items are not deleted" in notes
    assert "Crawl: its event Bucket (S3) never happens here" in notes
    assert "Api: authorizers are not asked" in notes


@pytest.mark.parametrize(
    ("old", "new", "field", "said"),
    [
        ("CodeUri: fn", "CodeUri: nowhere", "Crawl.CodeUri", "is no folder"),
        ("Handler: app.handler", "Memory: 1", "Crawl", "missing required field `Handler`"),
        ("Runtime: python3.13", "Runtime: nodejs22.x", "Crawl.Runtime", "matching regex"),
        ("Timeout: 60", "Timeout: soon", "Crawl.Timeout", "Expected `int`"),
        ("Timeout: 60", "Timeout: 901", "Crawl.Timeout", "<= 900"),
        ("Timeout: 60", "Timeout: 121", "CrawlQueue.VisibilityTimeout", "120 seconds are less than the Timeout"),
        ("LEVEL: DEBUG", "AWS_REGION: x", "Crawl.Environment.Variables.AWS_REGION", "Lambda sets this"),
        ("MaximumBatchingWindowInSeconds: 2", "Enabled: true",
         "Crawl.Events.Queue.Properties.MaximumBatchingWindowInSeconds", "needs a window"),
        ("MaximumConcurrency: 4", "MaximumConcurrency: 1",
         "Crawl.Events.Queue.Properties.ScalingConfig.MaximumConcurrency", ">= 2"),
        ("BatchSize: 25", "FilterCriteria: {Filters: []}", "Crawl.Events.Queue.Properties.FilterCriteria",
         "not applied"),
        ("Queue: !GetAtt CrawlQueue.Arn", "Queue: arn:aws:sqs:us-east-1:1:other", "Crawl.Events.Queue.Properties.Queue",
         "no queue of this template"),
        ("deadLetterTargetArn: !GetAtt DeadLetters.Arn", "deadLetterTargetArn: arn:aws:sqs:us-east-1:1:x",
         "CrawlQueue.RedrivePolicy.deadLetterTargetArn", "no queue of this template"),
        ("""Input: '{"a": 1}'""", "Input: '{a}'", "Crawl.Events.Every.Properties.Input", "no JSON"),
        ("Path: '/v1/posts/{id}'", "Path: v1", "Crawl.Events.Get.Properties.Path", "does not start with a slash"),
        ("ApiId: !Ref Api, Method: get", "ApiId: other, Method: get", "Crawl.Events.Get.Properties.ApiId",
         "no HttpApi"),
        ("ApiId: !Ref Api, Method: get", "Method: get", "Resources", "several APIs"),
        ("ApiId: !Ref Api}", "ApiId: !Ref Api, Method: GET, Path: '/v1/posts/{id}'}", "Crawl.Events.Rest.Properties",
         "already a route of Crawl"),
        ("KeyType: HASH", "KeyType: Hash", "Channels.KeySchema[0].KeyType", "Invalid enum value"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_resource_property_and_remedy(
    read: Reader, old: str, new: str, field: str, said: str
) -> None:
    assert old in WHOLE
    with pytest.raises(InvalidInput) as caught:
        read(WHOLE.replace(old, new))
    assert caught.value.field == field
    assert said in str(caught.value)
    assert caught.value.remedy
    assert "Traceback" not in str(caught.value)


def test_a_layer_that_is_built_is_searched_below_python(read: Reader, tmp_path: Path) -> None:
    (tmp_path / "shared" / "python").mkdir(parents=True)
    assert read(WHOLE).functions["Crawl"].layers == [tmp_path / "shared" / "python"]


def test_a_resource_whose_condition_does_not_hold_is_not_there(read: Reader) -> None:
    text = "Conditions: {Never: !Equals [a, b]}\n" + WHOLE.replace(
        "Archive: {Type: AWS::S3::Bucket,", "Archive: {Type: AWS::S3::Bucket, Condition: Never,"
    )
    template = read(text)
    assert template.buckets == {}
