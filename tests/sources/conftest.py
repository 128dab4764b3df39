from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--golden",
        action="store_true",
        help="rewrite each case's expected.json with what its adapter gives, and show what changed",
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> bool:
    # There is no such option where this folder was not named on the command line: pytest asks for options early.
    return bool(request.config.getoption("--golden", default=False))
