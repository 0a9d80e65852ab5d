"""Options and fixtures every test may use."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run the heavy proofs at full size")


@pytest.fixture(scope="session")
def is_full(request: pytest.FixtureRequest) -> bool:
    """Whether the heavy proofs run at full size."""
    return bool(request.config.getoption("--full"))
