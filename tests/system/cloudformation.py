"""A CloudFormation that asks a custom resource and listens to its answer, in the shape of the real one."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def listening(answers: list[dict[str, Any]]) -> Iterator[str]:
    """The address that an answer is put to; what arrives is added to ``answers``."""

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            answers.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/answer?signature=invented"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def request(kind: str, answer_to: str) -> dict[str, Any]:
    """What a custom resource is asked, of a stack whose engine is no domain of the service."""
    return {
        "RequestType": kind,
        "ResponseURL": answer_to,
        "StackId": "arn:aws:cloudformation:ap-northeast-2:111122223333:stack/socialindex/1",
        "RequestId": f"{kind}-1",
        "LogicalResourceId": "EngineSetup",
        "ResourceType": "Custom::EngineSetup",
        "ResourceProperties": {"ServiceToken": "arn"},
    }
