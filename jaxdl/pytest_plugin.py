"""The pytest plugin: `assert_parity` as a fixture, and a report of each comparison.

pytest finds it by itself where jaxdl is installed. `pytest --parity-report DIR` writes one HTML
file for each comparison that a test makes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--parity-report DIR`."""
    parser.getgroup("jaxdl").addoption(
        "--parity-report", metavar="DIR", help="write an HTML report of each comparison there"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Fail before the tests, not after them, where no report can be written."""
    folder = config.getoption("--parity-report")
    if folder is not None:
        try:
            Path(folder).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise pytest.UsageError(f"--parity-report {folder}: {error.strerror}") from None


@pytest.fixture
def assert_parity(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """`jaxdl.parity.assert_parity`, which writes its report where --parity-report says."""
    from jaxdl.parity import assert_parity

    folder = request.config.getoption("--parity-report")
    made = 0

    def check(*given: Any, **options: Any) -> Any:
        nonlocal made
        __tracebackhide__ = True
        if folder is None:
            return assert_parity(*given, **options)
        made += 1
        name = re.sub(r"[^\w.-]+", "_", request.node.nodeid).strip("_")
        path = Path(folder) / f"{name}{f'_{made}' if made > 1 else ''}.html"
        return assert_parity(*given, report=path, **options)

    return check
