"""``python -m infra.smoke URL``: whether a deployed API answers, from its gateway to its engine; standard library only.

With an API key in ``SOCIALINDEX_KEY`` it searches too, which needs the engine, its roles and its index templates;
without one it says that it did not.
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_PAUSES = (1.0, 4.0, 10.0, 0.0)
"""Seconds after each try: a first request meets functions that start."""
_TIMEOUT = 30.0
"""Seconds; the gateway gives up after 30 itself."""
_UNAVAILABLE = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})


class Answer(NamedTuple):
    """What a request got: its status, content type and body."""

    status: int
    kind: str
    body: bytes

    def json(self) -> Any:  # noqa: ANN401 - whatever was sent
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class Check(NamedTuple):
    """One request, and what must hold for its answer."""

    what: str
    path: str
    holds: Callable[[Answer], bool]
    key: str = ""


def checks(key: str) -> Iterator[Check]:
    """What is looked at; with a key, also what only callers see."""
    yield Check("the page about the crawler is there", "/crawler", _page)
    yield Check("the API describes itself", "/v1/openapi.json", _described)
    yield Check("nobody searches without a key", "/v1/posts?q=battery", _refused)
    if key:
        yield Check("a search is answered by the engine", "/v1/posts?q=battery&limit=1", _found, key)


def _page(got: Answer) -> bool:
    return got.status == HTTPStatus.OK and got.kind == "text/html"


def _described(got: Answer) -> bool:
    document = got.json()
    return (
        got.status == HTTPStatus.OK and isinstance(document, dict) and str(document.get("openapi", "")).startswith("3.")
    )


def _refused(got: Answer) -> bool:
    return got.status == HTTPStatus.UNAUTHORIZED and got.kind == "application/problem+json"


def _found(got: Answer) -> bool:
    return got.status == HTTPStatus.OK and isinstance(got.json(), dict)


def failures(url: str, key: str = "", sleep: Callable[[float], None] = time.sleep) -> list[str]:
    """What does not hold of the API at ``url``, a sentence each."""
    return [told for check in checks(key) if (told := _failure(url.rstrip("/"), check, sleep))]


def _failure(url: str, check: Check, sleep: Callable[[float], None]) -> str:
    got = _ask(url + check.path, check.key, sleep)
    if isinstance(got, str):
        return f"{check.what}: no. {check.path}: {got}"
    return "" if check.holds(got) else f"{check.what}: no. {check.path} answered {got.status} {got.kind}"


def _ask(url: str, key: str, sleep: Callable[[float], None]) -> Answer | str:
    """The answer, or why there is none after bounded tries."""
    got: Answer | str = ""
    for pause in _PAUSES:
        got = _once(url, key)
        if isinstance(got, Answer) and got.status not in _UNAVAILABLE:
            return got
        sleep(pause)
    return got


def _once(url: str, key: str) -> Answer | str:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - whoever starts this names the address
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310 - likewise
            return Answer(answer.status, answer.headers.get_content_type(), answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers.get_content_type(), error.read())
    except OSError as error:
        return f"{type(error).__name__}: {error}"


def main(arguments: Sequence[str]) -> int:
    """Look, and tell; 0 where everything holds."""
    if len(arguments) != 1 or not arguments[0].startswith(("https://", "http://")):
        print("usage: python -m infra.smoke https://API  (SOCIALINDEX_KEY=key: searches too)", file=sys.stderr)
        return 2
    key = os.environ.get("SOCIALINDEX_KEY", "")
    failed = failures(arguments[0], key)
    if not key:
        print(f"{arguments[0]}: not searched, since SOCIALINDEX_KEY holds no key", file=sys.stderr)
    for line in failed:
        print(line, file=sys.stderr)
    if not failed:
        print(f"{arguments[0]}: {'; '.join(check.what for check in checks(key))}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
