"""One secret in AWS Secrets Manager, read seldom."""

from __future__ import annotations

import time

from botocore.exceptions import BotoCoreError, ClientError

from socialindex.aws.clients import secretsmanager
from socialindex.errors import Unavailable

FRESH_SECONDS = 300.0
"""How long a process goes on with what it has read: a changed secret counts after that."""


class Secret:
    """The text of a secret.

    Args:
        name: its name or ARN; empty where there is none.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._text = ""
        self._until = 0.0

    def read(self) -> str:
        """The secret as it is or was a few minutes ago; empty where there is none.

        Raises:
            Unavailable: it cannot be read. The message never has a part of it.
        """
        if self._name and time.monotonic() >= self._until:
            self._text = self._fetched()
            self._until = time.monotonic() + FRESH_SECONDS
        return self._text

    def _fetched(self) -> str:
        try:
            return secretsmanager().get_secret_value(SecretId=self._name)["SecretString"]
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"secret {self._name}: {_why(error)}") from error


def _why(error: Exception) -> str:
    return str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else type(error).__name__
