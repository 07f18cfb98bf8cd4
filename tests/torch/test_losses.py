"""`jaxdl.losses` against `torch.nn.functional`, live: values and gradients by every input."""

import pytest

from tests.losses.cases import CASES
from tests.torch.losses import Case, compare


@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients_are_torchs(name):
    compare([Case(name, *case) for case in CASES[name]], 1e-12)
