"""What the tests of the command line share."""

import io
import sys

import pytest


@pytest.fixture
def typed(monkeypatch):
    """Make bytes the standard input, which is no terminal."""
    return lambda content: monkeypatch.setattr(
        sys, "stdin", io.TextIOWrapper(io.BytesIO(content), "utf-8")
    )
