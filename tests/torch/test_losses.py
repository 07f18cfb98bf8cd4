"""`jaxdl.losses` against `torch.nn.functional`, live: values and gradients by every input."""

import pytest

from tests.losses.cases import CASES, CONSTANT
from tests.torch.losses import compare


@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients_are_torchs(name):
    for arrays, options in CASES[name]:
        compare(name, arrays, options, CONSTANT.get(name, ()))
