"""The tape against PyTorch: every operation's gradients, its behaviour, its errors."""

import numpy as np
import pytest
import torch

from jaxdl.autograd import tape
from jaxdl.parity import relative_error
from tests.autograd.tape_cases import BEHAVIOUR, CASES, ERRORS


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_value_and_gradients_are_those_of_pytorch(case):
    ours = [tape.Tensor(array, requires_grad=True) for array in case.inputs]
    theirs = [torch.tensor(array, requires_grad=True) for array in case.inputs]
    result, expected = case.tape(*ours), (case.torch or case.tape)(*theirs)
    upstream = np.random.default_rng(1).normal(size=result.shape)
    result.backward(tape.Tensor(upstream))
    expected.backward(torch.tensor(upstream))
    assert relative_error(result.array, expected.detach().numpy()) < 1e-12
    for mine, other in zip(ours, theirs, strict=True):
        assert relative_error(mine.grad.array, other.grad.numpy()) < 1e-12


def leaf(data):
    return torch.tensor(data, requires_grad=True)


@pytest.mark.parametrize("program", BEHAVIOUR, ids=lambda program: program.__name__)
def test_behaviour_is_that_of_pytorch(program):
    for theirs, expected in zip(program(leaf, torch.no_grad), BEHAVIOUR[program], strict=True):
        assert theirs.dtype == torch.float32
        np.testing.assert_allclose(theirs.numpy(), expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("program", ERRORS, ids=lambda program: program.__name__)
def test_error_is_that_of_pytorch(program):
    with pytest.raises(RuntimeError, match=f"(?s){ERRORS[program]}"):
        program(leaf, torch.no_grad)
