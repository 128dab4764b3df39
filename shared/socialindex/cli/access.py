"""Where the API is and which key to use: the environment first, then what ``up`` wrote."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, Literal

import click

from socialindex.client import Client
from socialindex.errors import InvalidSettings

DATA_SETTING: Final = "SOCIALINDEX_DATA"
"""The environment's variable for where a local stack keeps its data, if not in ``.local``."""
_PATIENCE: Final = 30.0
"""Seconds for which somebody sits before a terminal that asks again."""


def local_folder() -> Path:
    """Where ``up`` writes what commands read of a local stack."""
    return Path(os.environ.get(DATA_SETTING) or ".local")


def client(role: Literal["client", "admin"]) -> Client:
    """A client of the API with the key of a role.

    Raises:
        InvalidSettings: nobody said where the API is or which key to use.
    """
    url = os.environ.get("SOCIALINDEX_URL") or _read("api-url", "SOCIALINDEX_URL")
    return client_of(url, role)


def client_of(url: str, role: Literal["client", "admin"]) -> Client:
    """As ``client``, of the API at an address.

    Raises:
        InvalidSettings: nobody said which key to use.
    """
    key = os.environ.get("SOCIALINDEX_KEY") or _read(f"{role}-key", "SOCIALINDEX_KEY")
    return Client(url, key, patience=_PATIENCE).telling(_tell)


def _tell(why: str) -> None:
    """Say why nothing is shown yet, on no program's standard output."""
    click.echo(f"{why} (socialindex status tells what does not answer; Ctrl-C ends it)", err=True)


def _read(name: str, variable: str) -> str:
    path = local_folder() / name
    if not path.is_file():
        remedy = f"start the local stack with `make run` in this folder, or set {variable}"
        raise InvalidSettings(f"there is no {path} and {variable} is not set", field=variable, remedy=remedy)
    return path.read_text("utf-8").strip()
