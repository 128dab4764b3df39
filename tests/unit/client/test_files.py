"""Exports and imports from beginning to end: waiting, files that go on where they broke, and whose workspace it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from socialindex.client import Client, InvalidInput, NotFound, Unavailable
from tests.unit.client.api_server import ApiServer, serving
from tests.unit.client.test_contract import answered

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "번호,본문\n".encode() * 20_000
HOME = "/v1/workspaces/ws_a/exports"
WORKSPACE = {"id": "ws_a", "name": "a", "created_at": "2026-11-28T09:00:00Z"}


class Service(dict[str, Any]):
    """An export's file that breaks off after ``piece`` bytes, and the routes around it."""

    api: ApiServer
    piece = len(FILE)

    def get(self, name: str, default: Any = None) -> Any:
        if name != "GET /file":
            return super().get(name, default)
        begin = int(self.api.asked[-1].headers.get("range", "bytes=0-")[6:-1])
        body = FILE[begin : begin + self.piece]
        return (206 if begin else 200), body, {"Content-Length": str(len(FILE) - begin)}


@pytest.fixture
def api() -> Iterator[ApiServer]:
    service = Service({"GET /v1/workspaces": (200, {"items": [WORKSPACE]})})
    with serving(service) as api:
        service.api = api
        yield api


@pytest.fixture
def client(api: ApiServer) -> Client:
    return Client(api.url, "si_secret")


def export(api: ApiServer, state: str, **more: Any) -> tuple[int, Any]:
    whole = answered("GET /v1/workspaces/{id}/exports/{export}")
    name = {"id": "ex_a", "workspace": "ws_a", "file_name": "ex_a.csv", "bytes": len(FILE)}
    return 200, {**whole, **name, "state": state, "link": f"{api.url}/file", **more}


def paths(api: ApiServer) -> list[str]:
    return [f"{asked.method} {asked.path}" for asked in api.asked]


def test_an_export_is_begun_awaited_and_saved(api: ApiServer, client: Client, tmp_path: Path) -> None:
    api.answers[f"POST {HOME}"] = export(api, "queued")
    api.answers[f"GET {HOME}/ex_a"] = [export(api, "running"), export(api, "done")]
    begun = client.start_export("배터리", format="csv", fields=["title"])
    done = client.wait_for_export(begun.id)
    saved = client.download_export(done.id, tmp_path)
    assert (saved, saved.read_bytes()) == (tmp_path / "ex_a.csv", FILE)
    assert [path.name for path in tmp_path.iterdir()] == ["ex_a.csv"]
    begun_with = next(asked.body for asked in api.asked if asked.method == "POST")
    assert begun_with == {"q": "배터리", "format": "csv", "fields": ["title"]}


def test_a_file_is_fetched_without_the_key(api: ApiServer, client: Client, tmp_path: Path) -> None:
    api.answers[f"GET {HOME}/ex_a"] = export(api, "done")
    client.download_export("ex_a", tmp_path, workspace="ws_a")
    fetched = [asked.headers for asked in api.asked if asked.path == "/file"]
    assert fetched
    assert [headers for headers in fetched if "si_secret" in str(headers)] == []


def test_a_download_goes_on_where_the_connection_broke(api: ApiServer, client: Client, tmp_path: Path) -> None:
    api.answers[f"GET {HOME}/ex_a"] = export(api, "done")
    Service.piece, whole = len(FILE) // 3, Service.piece
    try:
        saved = client.download_export("ex_a", tmp_path / "mine.csv", workspace="ws_a")
    finally:
        Service.piece = whole
    assert (saved.name, saved.read_bytes()) == ("mine.csv", FILE)
    ranges = [int(asked.headers.get("range", "bytes=0-")[6:-1]) for asked in api.asked if asked.path == "/file"]
    assert len(ranges) > 2
    assert ranges == sorted(set(ranges))


def test_a_download_goes_on_in_another_process(api: ApiServer, client: Client, tmp_path: Path) -> None:
    api.answers[f"GET {HOME}/ex_a"] = export(api, "done")
    (tmp_path / "mine.csv.ex_a.part").write_bytes(FILE[:1000])
    saved = client.download_export("ex_a", tmp_path / "mine.csv", workspace="ws_a")
    assert saved.read_bytes() == FILE
    assert [asked.headers["range"] for asked in api.asked if asked.path == "/file"] == ["bytes=1000-"]


@pytest.mark.parametrize(
    ("state", "error", "said"),
    [
        ("running", InvalidInput, "running"),
        ("failed", InvalidInput, "failed"),
        ("expired", NotFound, "gone"),
        ("done", NotFound, "gone"),
    ],
)
def test_what_has_no_file_is_told_so(
    api: ApiServer, client: Client, tmp_path: Path, state: str, error: type[Exception], said: str
) -> None:
    api.answers[f"GET {HOME}/ex_a"] = export(api, state, link=None)
    with pytest.raises(error, match=said):
        client.download_export("ex_a", tmp_path, workspace="ws_a")


def test_waiting_ends(api: ApiServer, client: Client) -> None:
    api.answers[f"GET {HOME}/ex_a"] = export(api, "running")
    with pytest.raises(Unavailable, match="look again later"):
        client.wait_for_export("ex_a", workspace="ws_a", patience=0.2)


@pytest.mark.parametrize(
    ("found", "said"), [([], "0 workspaces"), ([WORKSPACE, {**WORKSPACE, "id": "ws_b"}], "2 work")]
)
def test_a_workspace_must_be_named_where_several_could_be_meant(
    api: ApiServer, client: Client, found: Any, said: str
) -> None:
    api.answers["GET /v1/workspaces"] = (200, {"items": found})
    with pytest.raises(InvalidInput, match=said) as refused:
        client.exports()
    assert refused.value.field == "workspace"
    assert refused.value.remedy


def imported(api: ApiServer, state: str) -> dict[str, Any]:
    whole: dict[str, Any] = answered("GET /v1/workspaces/{id}/imports/{import}")
    return {**whole, "id": "im_a", "state": state}


def test_a_file_is_brought_along_and_imported(api: ApiServer, client: Client, tmp_path: Path) -> None:
    home, file = "/v1/workspaces/ws_a/imports", tmp_path / "리뷰.csv"
    file.write_bytes(FILE)
    headers = {"Content-Length": str(len(FILE))}
    place = {"method": "PUT", "url": f"{api.url}/place", "headers": headers, "expires_at": "2026-11-28T09:00:00Z"}
    api.answers |= {
        f"POST {home}": (201, {"import": imported(api, "waiting"), "upload": place}),
        "PUT /place": (200, b""),
        f"GET {home}/im_a/proposal": (200, answered("GET /v1/workspaces/{id}/imports/{import}/proposal")),
        f"POST {home}/im_a/runs": (202, imported(api, "importing")),
        f"GET {home}/im_a": [(200, imported(api, "importing")), (200, imported(api, "imported"))],
    }
    upload = client.upload_import(file)
    plan = client.import_proposal(upload.id).plan
    assert plan
    assert plan.mapping
    client.start_import(upload.id, plan, dry_run=False)
    assert client.wait_for_import(upload.id).state == "imported"
    bodies = {f"{asked.method} {asked.path}": asked.body for asked in api.asked}
    assert bodies["PUT /place"] == FILE
    assert bodies[f"POST {home}"] == {"name": "리뷰.csv", "bytes": len(FILE)}
    assert bodies[f"POST {home}/im_a/runs"]["plan"]["mapping"] == plan.mapping
    sent = next(asked.headers for asked in api.asked if asked.path == "/place")
    assert "si_secret" not in str(sent)


def test_an_upload_that_is_refused_is_told(api: ApiServer, client: Client, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"a\n1\n")
    place = {"method": "PUT", "url": f"{api.url}/place", "headers": {}, "expires_at": "2026-11-28T09:00:00Z"}
    announced = {"import": imported(api, "waiting"), "upload": place}
    api.answers |= {"POST /v1/workspaces/ws_a/imports": (201, announced), "PUT /place": (403, b"")}
    with pytest.raises(Unavailable, match="403"):
        client.upload_import(file)


def test_an_empty_file_is_not_sent(api: ApiServer, client: Client, tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()
    with pytest.raises(InvalidInput, match="empty"):
        client.upload_import(tmp_path / "a.csv")
    assert api.asked == []
