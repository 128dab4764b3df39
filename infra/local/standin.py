"""A stand-in for parts of AWS that have no server of their own on this machine: Secrets Manager, SNS and SES, by moto.

    with standing_in() as url:
        keep_secret(url, "socialindex/credentials", {"api.example.com": {"kind": "bearer", "token": "..."}})

It answers what the SDK asks, and proves nothing about AWS's own service.
"""

from __future__ import annotations

import json
import logging
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

from infra.local.cloud import ACCOUNT
from infra.local.servers.base import HOST
from infra.local.world.config import SITES
from infra.local.world.sites import reddit, youtube

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Credentials = dict[str, dict[str, str]]
"""By host, as ``socialindex.crawl.credentials`` reads them."""


@contextmanager
def standing_in() -> Iterator[str]:
    """Serve on a free port, in a thread of this process, until the block ends; the address."""
    os.environ.setdefault("MOTO_ACCOUNT_ID", ACCOUNT)  # which moto reads once, when it is imported
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - see above; it also takes half a second

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # or it tells of every request
    server = ThreadedMotoServer(ip_address=HOST, port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def keep_secret(url: str, name: str, document: Mapping[str, Any]) -> None:
    """Make a secret at the stand-in, or change it, whose text is a JSON document."""
    client = boto3.client(
        "secretsmanager",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local-secret",  # noqa: S106 - accepted by servers on this machine only
        config=Config(proxies={}),
    )
    text = json.dumps(document)
    try:
        client.create_secret(Name=name, SecretString=text)
    except client.exceptions.ResourceExistsException:
        client.put_secret_value(SecretId=name, SecretString=text)  # of an earlier stack of this process


def sample_credentials(ports: Iterable[int]) -> Credentials:
    """What the sample world's sites demand, at a world with these ports, in the order of ``SITES``."""
    addresses = {name: f"{HOST}:{port}" for name, port in zip(SITES, ports, strict=False)}
    return {addresses[name]: demand(f"http://{addresses[name]}") for name, demand in _DEMANDS.items() if name in SITES}


def _of_youtube(base: str) -> dict[str, str]:
    del base
    return {"kind": "header", "name": youtube.KEY_HEADER, "value": youtube.KEY}


def _of_reddit(base: str) -> dict[str, str]:
    return {
        "kind": "oauth2",
        "token_url": f"{base}{reddit.TOKEN_PATH}",
        "client_id": reddit.CLIENT_ID,
        "client_secret": reddit.CLIENT_SECRET,
    }


_DEMANDS: Final[dict[str, Callable[[str], dict[str, str]]]] = {"youtube": _of_youtube, "reddit": _of_reddit}
"""By the site's name: the credential for its address."""
