"""The Maven repository that files come from."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

import requests
from jgo.constants import MAVEN_CENTRAL_URL
from requests.adapters import HTTPAdapter

from socialindex.errors import InvalidSettings

_CONNECT_AND_READ_SECONDS = (10, 60)
CONNECTIONS = 8


@dataclass(frozen=True)
class Repository:
    """A Maven repository's base address with a pool of connections to it, which ends with a ``with`` block."""

    base: str
    session: requests.Session

    @classmethod
    def of_environment(cls) -> Self:
        """The repository named by ``MAVEN_REPOSITORY``, else the one that Maven clients use by default.

        Raises:
            InvalidSettings: the variable holds no http or https address.
        """
        base = os.environ.get("MAVEN_REPOSITORY", "") or MAVEN_CENTRAL_URL
        if urlsplit(base).scheme not in {"http", "https"}:
            raise InvalidSettings(
                "MAVEN_REPOSITORY is not a web address",
                field="MAVEN_REPOSITORY",
                remedy="use the address of a Maven repository, such as https://maven.example.com/repository",
            )
        return cls(base.rstrip("/"), _session())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    @property
    def host(self) -> str:
        """The host's name for messages; the address itself may hold a password."""
        return urlsplit(self.base).hostname or ""

    def get(self, path: str, offset: int = 0) -> requests.Response:
        """Ask for a file from a byte on; the answer's body is not read yet."""
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={offset}-"} if offset else {})
        return self.session.get(f"{self.base}/{path}", headers=headers, stream=True, timeout=_CONNECT_AND_READ_SECONDS)


def _session() -> requests.Session:
    session = requests.Session()
    session.mount("http://", HTTPAdapter(pool_maxsize=CONNECTIONS))
    session.mount("https://", HTTPAdapter(pool_maxsize=CONNECTIONS))
    if "REQUESTS_CA_BUNDLE" not in os.environ:
        # Requests does not know OpenSSL's own variable, which company machines set.
        session.verify = os.environ.get("SSL_CERT_FILE") or True
    return session
