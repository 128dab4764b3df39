"""The files of a new source."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from string import Template
from typing import Any

from socialindex.errors import InvalidInput

_TEMPLATES = Path(__file__).parent / "template"
_NAME = re.compile("[a-z][a-z0-9_]*")


def write(root: Path, name: str, title: str) -> list[Path]:
    """Write an adapter and its cases under a checkout's root; the paths that were written.

    Raises:
        InvalidInput: the name cannot be a source's, or the source is there already.
    """
    adapter = root / "shared" / "socialindex" / "sources" / f"{name}.py"
    cases = root / "tests" / "sources" / name
    _check(name, adapter, cases)
    words = {"name": name, "title": title, "class_name": "".join(part.capitalize() for part in name.split("_"))}
    written = [_write(adapter, _filled("adapter.py.tmpl", words))]
    for case, given in tomllib.loads(_filled("cases.toml", words)).items():
        written += _case(cases / case, given, f"https://{name}.example.com/")
    return written


def _check(name: str, adapter: Path, cases: Path) -> None:
    if not _NAME.fullmatch(name):
        remedy = "use lower-case letters, digits and '_', and the service's name: lemmy, not activitypub"
        raise InvalidInput(f"{name!r} cannot be a source's name", field="NAME", remedy=remedy)
    for path in (adapter, cases):
        if path.exists():
            remedy = "choose another name, or remove it"
            raise InvalidInput(f"{path.name} is there already", field="NAME", remedy=remedy)


def _case(folder: Path, given: dict[str, Any], url: str) -> list[Path]:
    response = {"status": given.get("status", 200), "headers": {"content-type": "application/json"}}
    request = {"request": given["request"]} if "request" in given else {}
    case = {"channel": {"url": url}, **request, "response": response}
    body = given["body"].strip() + "\n"
    asked = [_write(folder / "expected.json", '{"recognized": null}\n')] if given.get("recognized") else []
    return [
        _write(folder / "case.json", json.dumps(case, ensure_ascii=False, indent=2) + "\n"),
        _write(folder / "body.json", body),
        *asked,
    ]


def _filled(name: str, words: dict[str, str]) -> str:
    return Template((_TEMPLATES / name).read_text("utf-8")).substitute(words)


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path
