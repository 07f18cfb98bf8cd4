"""Every configuration that PyTorch tests its own optimisers with, parameters and slots."""

import pytest

from benchmarks.coverage.optimizers import database, rows
from tests.soak import whole_or

CONFIGURATIONS = 91  # of PyTorch 2.13
EVERY = 1 if whole_or(0, 1) else 3  # each in the long form


@pytest.fixture(scope="module")
def measured():
    return list(rows(EVERY))


def test_every_configuration_is_carried(measured):
    assert len(database()) == CONFIGURATIONS
    assert len(measured) == len(range(0, CONFIGURATIONS, EVERY))
    assert [row for row in measured if not row.carried] == []


def test_the_errors_are_rounding(measured):
    """L-BFGS ends where of its slots, such as the gradient, rounding is what is left."""
    worst = {row.name: 0.0 for row in measured}
    for row in measured:
        worst[row.name] = max(worst[row.name], row.error)
    assert worst.pop("LBFGS") <= 1e-9
    assert max(worst.values()) <= 1e-13
