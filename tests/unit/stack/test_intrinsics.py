from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from socialindex.errors import InvalidInput

if TYPE_CHECKING:
    from tests.unit.stack.conftest import Reader

FRAME = """
Parameters:
  Stage: {{Type: String, Default: dev, AllowedValues: [dev, prod]}}
  Size: {{Type: Number, Default: 2, MinValue: 1, MaxValue: 9}}
  Names: {{Type: CommaDelimitedList, Default: "a, b,c"}}
  Account: {{Type: String, Default: 012345678901}}
Mappings:
  Sizes: {{dev: {{Memory: 256}}, prod: {{Memory: 1024}}}}
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
  IsProd: !Not [!Condition IsDev]
  Both: !And [!Condition IsDev, !Equals [!Ref Size, 2]]
  Either: {{"Fn::Or": [{{Condition: IsProd}}, {{"Fn::Equals": ["1", 1]}}]}}
  Never: !Equals [!Ref AWS::Region, mars-1]
Resources:
  Queue: {{Type: AWS::SQS::Queue}}
  Named: {{Type: AWS::SQS::Queue, Properties: {{QueueName: !Sub "${{Stage}}-posts"}}}}
  Fifo: {{Type: AWS::SQS::Queue, Properties: {{FifoQueue: true}}}}
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{{AttributeName: id, KeyType: HASH}}]
      AttributeDefinitions: [{{AttributeName: id, AttributeType: S}}]
  Bucket: {{Type: AWS::S3::Bucket}}
  Api: {{Type: AWS::Serverless::HttpApi}}
  Domain: {{Type: AWS::OpenSearchService::Domain}}
  Absent: {{Type: AWS::SQS::Queue, Condition: Never}}
  Function:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: fn/
      Handler: app.handler
      Runtime: python3.11
      Environment:
        Variables:
          VALUE: {value}
"""


def frame(value: object) -> str:
    return FRAME.format(value=value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        ("007", "007"),
        ("1.50", "1.50"),
        ("true", "true"),
        ("2026-01-02", "2026-01-02"),
        ("!Ref Stage", "dev"),
        ("{Ref: Stage}", "dev"),
        ("!Ref Account", "012345678901"),
        ("!Ref Queue", "http://127.0.0.1:9324/000000000000/demo-Queue"),
        ("!Ref Named", "http://127.0.0.1:9324/000000000000/dev-posts"),
        ("!Ref Fifo", "http://127.0.0.1:9324/000000000000/demo-Fifo.fifo"),
        ("!GetAtt Queue.Arn", "arn:aws:sqs:us-east-1:000000000000:demo-Queue"),
        ("!GetAtt [Queue, QueueName]", "demo-Queue"),
        ("{'Fn::GetAtt': [Queue, QueueUrl]}", "http://127.0.0.1:9324/000000000000/demo-Queue"),
        ("!Ref Table", "demo-Table"),
        ("!GetAtt Table.StreamArn", "arn:aws:dynamodb:us-east-1:000000000000:table/demo-Table/stream/local"),
        ("!Ref Bucket", "demo-bucket"),
        ("!GetAtt Bucket.Arn", "arn:aws:s3:::demo-bucket"),
        ("!Ref Function", "demo-Function"),
        ("!GetAtt Function.Arn", "arn:aws:lambda:us-east-1:000000000000:function:demo-Function"),
        ("!GetAtt Api.ApiEndpoint", "http://127.0.0.1:3000"),
        ("!Sub 'https://${Stage}.example.com/${Queue.QueueName}/${AWS::Region}'",
         "https://dev.example.com/demo-Queue/us-east-1"),
        ("!Sub ['${a}-${Stage}-${!Stage}', {a: !Ref Size}]", "2-dev-${Stage}"),
        ("!Join ['-', [a, !Ref Stage, 3]]", "a-dev-3"),
        ("!Join ['/', !Ref Names]", "a/b/c"),
        ("!Select [1, !Ref Names]", "b"),
        ("!Select [2, !Split ['.', 'a.b.c']]", "c"),
        ("!FindInMap [Sizes, !Ref Stage, Memory]", "256"),
        ("!If [IsDev, one, two]", "one"),
        ("!If [IsProd, one, two]", "two"),
        ("!If [Both, one, two]", "one"),
        ("!If [Either, one, two]", "one"),
        ("!If [Never, !GetAtt Domain.DomainEndpoint, none]", "none"),
        ("!Ref AWS::StackName", "demo"),
        ("!Ref AWS::Partition", "aws"),
    ],
)  # fmt: skip
def test_a_value_is_worked_out_as_on_aws(read: Reader, value: str, expected: str) -> None:
    template = read(frame(value))
    assert template.functions["Function"].environment == {"VALUE": expected}


def test_no_value_leaves_the_variable_out(read: Reader) -> None:
    template = read(frame("!If [IsProd, something, !Ref AWS::NoValue]"))
    assert template.functions["Function"].environment == {}


@pytest.mark.parametrize(
    ("value", "said", "remedy"),
    [
        ("!Ref Nothing", "no resource Nothing", "overrides for 'Nothing'"),
        ("!Ref Absent", "no resource Absent", "Declare it"),
        ("!GetAtt Domain.DomainEndpoint", "AWS::OpenSearchService::Domain, which is not run locally",
         "overrides for 'Domain.DomainEndpoint'"),
        ("!GetAtt Queue.Length", "Queue.Length is not known", "Arn, QueueName, QueueUrl"),
        ("!GetAtt Queue", "Fn::GetAtt takes a resource and an attribute", "!GetAtt Resource.Attribute"),
        ("!ImportValue other", "Fn::ImportValue needs another stack", "parameter"),
        ("!Cidr [a, 2, 3]", "Fn::Cidr is not known locally", "Use one of"),
        ("!Select [3, !Ref Names]", "Fn::Select has a wrong argument", "index within the list"),
        ("!Join [a]", "Fn::Join has a wrong argument", "delimiter"),
        ("!Split ['', a]", "Fn::Split has a wrong argument", "delimiter"),
        ("!FindInMap [Sizes, test, Memory]", "Mappings has no Sizes.test.Memory", "Add the entry"),
        ("!If [Unknown, a, b]", "no condition Unknown", "Conditions"),
        ("'{{resolve:ssm:/key}}'", "dynamic references", "parameter"),
        ("!Ref Names", "a variable is one text", "!Join"),
    ],
)  # fmt: skip
def test_what_cannot_be_worked_out_is_named_with_its_place_and_a_remedy(
    read: Reader, value: str, said: str, remedy: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(frame(value))
    assert said in str(caught.value)
    assert caught.value.field == "Function.Environment.Variables.VALUE"
    assert remedy in caught.value.remedy


def test_the_caller_gives_values_for_what_is_not_run_here(read: Reader) -> None:
    text = frame("!Sub '${Domain.DomainEndpoint}/${Domain}'")
    template = read(text, overrides={"Domain.DomainEndpoint": "http://127.0.0.1:9200", "Domain": "search"})
    assert template.functions["Function"].environment == {"VALUE": "http://127.0.0.1:9200/search"}
    assert template.ignored == {"Domain": "AWS::OpenSearchService::Domain"}


@pytest.mark.parametrize(
    ("parameters", "said", "field"),
    [
        ({"Stage": "test"}, "'test' is not allowed", "Parameters.Stage"),
        ({"Size": "10"}, "too small or too large", "Parameters.Size"),
        ({"Size": "two"}, "no number", "Parameters.Size"),
        ({"Stag": "dev"}, "no such parameter", "Parameters.Stag"),
    ],
)
def test_parameters_are_checked(read: Reader, parameters: dict[str, str], said: str, field: str) -> None:
    with pytest.raises(InvalidInput, match=said) as caught:
        read(frame("x"), parameters)
    assert caught.value.field == field


def test_a_parameter_decides_conditions_names_and_maps(read: Reader) -> None:
    value = "!Sub ['${size}-${Named.QueueName}', {size: !FindInMap [Sizes, !Ref Stage, Memory]}]"
    template = read(frame(value), {"Stage": "prod"})
    assert template.functions["Function"].environment == {"VALUE": "1024-prod-posts"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Resources: {A: {Type: AWS::SQS::Queue}, A: {Type: AWS::SQS::Queue}}", "'A' is there twice"),
        ("Resources: [", "no valid YAML"),
        ("Parameters: {}", "has no Resources"),
        ("Resources: {A: {Properties: {}}}", "A: the resource has no Type"),
        ("Parameters: {P: {Type: String}}\nResources: {}", "Parameters.P: the parameter has no value"),
        (
            "Conditions: {A: !Condition B, B: !Condition A}\nResources: {Q: {Type: X, Condition: A}}",
            "depends on itself",
        ),
        (
            "Resources: {A: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub '${A.QueueName}-x'}}}",
            "depends on itself",
        ),
    ],
)
def test_a_template_that_makes_no_sense_is_refused(read: Reader, text: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read(text)
