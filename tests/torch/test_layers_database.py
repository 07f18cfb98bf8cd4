"""PyTorch's own database of modules: every configuration of those that are carried."""

import pytest
import torch

from benchmarks.coverage.internal import internal
from tests.soak import whole_or
from tests.torch.layers import CARRIERS, differences


def database():
    """Name of the class -> its entry."""
    named = {info.name.removeprefix("nn."): info for info in internal("common_modules").module_db}
    return {name: info for name, info in named.items() if name in CARRIERS}


DATABASE = database()
FEW = 2  # of a module's configurations, where they are many


def configurations(info):
    for training in (False, True):
        yield from (
            (training, given)
            for given in info.module_inputs_func(
                info, device="cpu", dtype=torch.float64, requires_grad=True, training=training
            )
        )


@pytest.mark.parametrize("name", DATABASE)
@pytest.mark.filterwarnings("ignore:enable_nested_tensor")
@pytest.mark.filterwarnings("ignore:Support for mismatched")
def test_configurations(name):
    info, wrong = DATABASE[name], {}
    torch.manual_seed(0)
    cases = list(configurations(info))
    assert cases
    every = max(len(cases) // FEW, 1) | 1  # odd: options that alternate all come
    for training, given in whole_or(cases[::every], cases):
        built, call = given.constructor_input, given.forward_input
        module = info.module_cls(*built.args, **built.kwargs).double().train(training)
        inputs = [tuple(x) if isinstance(x, list) else x for x in call.args]
        masks = {key: value for key, value in call.kwargs.items() if value is not None}
        errors = differences(module, *inputs, **masks)
        if not max(errors.values(), default=0) <= 1e-9:
            wrong[training, given.desc, str(built)] = errors
    assert not wrong


def test_all_of_them_are_carried():
    missing = {"EmbeddingBag", "TransformerDecoder"}  # which the database has not
    assert set(DATABASE) == set(CARRIERS) - missing
