"""Signatures, checked by the library that receivers use."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from socialindex.deliver.destination import Secrets
from socialindex.deliver.signing import new_secret, signed

BODY = '{"type":"alert.opened","data":{"topic_name":"누리폰12"}}'.encode()


def test_a_receiver_with_the_secret_accepts_the_call_and_nothing_else() -> None:
    secret = new_secret()
    headers = signed("msg_a", int(time.time()), BODY, [secret])
    assert Webhook(secret).verify(BODY, headers)["type"] == "alert.opened"
    for changed in (
        {**headers, "webhook-id": "msg_b"},
        {**headers, "webhook-timestamp": str(int(time.time()) + 1)},
        {**headers, "webhook-signature": headers["webhook-signature"][:-5] + "AAAA="},
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(BODY, changed)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(BODY, headers)


def test_an_old_call_is_no_good_to_whoever_recorded_it() -> None:
    secret = new_secret()
    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(secret).verify(BODY, signed("msg_a", int(time.time()) - 400, BODY, [secret]))


def test_a_secret_is_long_enough_and_never_the_same() -> None:
    made = {new_secret() for _ in range(20)}
    assert len(made) == 20
    assert {len(base64.b64decode(one.removeprefix("whsec_"))) for one in made} == {32}


def test_while_rotating_both_secrets_sign_and_afterwards_the_new_one_alone() -> None:
    now = datetime.now(tz=UTC)
    old, new = new_secret(), new_secret()
    secrets = Secrets(secret=new, previous=old, previous_until=now + timedelta(hours=1), rotated_at=now)
    both = signed("msg_a", int(time.time()), BODY, secrets.now(now))
    assert len(both["webhook-signature"].split(" ")) == 2
    for one in (old, new):
        Webhook(one).verify(BODY, both)
    alone = signed("msg_a", int(time.time()), BODY, secrets.now(now + timedelta(hours=1)))
    Webhook(new).verify(BODY, alone)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(BODY, alone)
