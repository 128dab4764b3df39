"""What CloudFormation refuses before it makes anything: parameters by pattern, and those that belong together."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest

from infra.local.template.document import load

ROOT = Path(__file__).parents[2]


@cache
def document() -> dict[str, Any]:
    return cast("dict[str, Any]", load(ROOT / "template.yaml"))


def refused(given: dict[str, str]) -> list[str]:
    """What the rules say of these parameters, the others being as they are by default."""
    values = {name: str(one["Default"]) for name, one in document()["Parameters"].items()} | given
    rules = [one for one in document()["Rules"].values() if _holds(one["RuleCondition"], values)]
    return [
        one["AssertDescription"] for rule in rules for one in rule["Assertions"] if not _holds(one["Assert"], values)
    ]


def _holds(condition: dict[str, Any], values: dict[str, str]) -> bool:
    (function, arguments), *_ = condition.items()
    if function == "Fn::Equals":
        one, other = (values[each["Ref"]] if isinstance(each, dict) else each for each in arguments)
        return bool(one == other)
    each = [_holds(argument, values) for argument in arguments]
    return {"Fn::Not": not each[0], "Fn::And": all(each), "Fn::Or": any(each)}[function]


NETWORK = {"VpcId": "vpc-1", "InnerSubnets": "subnet-1,subnet-2,subnet-3", "OuterSubnets": "subnet-4"}
GATE = {
    "DashboardsDomain": "dashboards.example.com",
    "DashboardsCertificate": "arn:aws:acm:ap-northeast-2:1:certificate/1",
}
SAML = {"DashboardsLogin": "saml", "SamlEntity": "https://idp.example.com", "SamlMetadataSecret": "socialindex/saml"}
COGNITO = {"DashboardsLogin": "cognito", "CognitoUserPool": "pool", "CognitoIdentityPool": "identities"}


@pytest.mark.parametrize("given", [{}, NETWORK, GATE, SAML, COGNITO, {**NETWORK, **GATE, **SAML}])
def test_what_belongs_together_is_taken(given: dict[str, str]) -> None:
    assert refused(given) == []


@pytest.mark.parametrize(
    ("given", "lacking"),
    [
        (NETWORK, "VpcId"),
        (NETWORK, "InnerSubnets"),
        (NETWORK, "OuterSubnets"),
        (GATE, "DashboardsCertificate"),
        (SAML, "SamlEntity"),
        (SAML, "SamlMetadataSecret"),
        (COGNITO, "CognitoUserPool"),
        (COGNITO, "CognitoIdentityPool"),
    ],
)
def test_what_lacks_its_other_half_is_refused_by_name(given: dict[str, str], lacking: str) -> None:
    """Subnets without a network were passed over, and another network made; the others failed within the deployment."""
    (told,) = refused({name: value for name, value in given.items() if name != lacking})
    assert lacking in told


@pytest.mark.parametrize(
    ("name", "value", "taken"),
    [
        ("EngineUrl", "", True),
        ("EngineUrl", "https://vpc-search-abc.ap-northeast-2.es.amazonaws.com", True),
        ("EngineUrl", "http://127.0.0.1:9200", True),
        ("EngineUrl", "vpc-search-abc.ap-northeast-2.es.amazonaws.com", False),
        ("EngineUrl", "https://vpc-search-abc.ap-northeast-2.es.amazonaws.com/_dashboards", False),
        ("MailFrom", "", True),
        ("MailFrom", "alerts@example.com", True),
        ("MailFrom", "Alerts <alerts@example.com>", False),
        ("MailFrom", "example.com", False),
    ],
)
def test_an_address_is_one_that_the_code_takes(name: str, value: str, taken: bool) -> None:
    """With a name beside it, it is not the address that the deliver function's policy lets mail leave from."""
    pattern = document()["Parameters"][name]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, value)) is taken
