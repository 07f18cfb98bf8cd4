"""Every loss in PyTorch's own databases of modules, as calls of `torch.nn.functional`."""

import inspect
import warnings
from collections.abc import Iterator
from functools import cache
from unittest import mock

import numpy as np
import torch
from torch.nn import _reduction

from benchmarks.coverage.internal import internal
from jaxdl import losses
from tests.torch.losses import Case

FUNCTIONS = [name for name in losses.__all__ if hasattr(torch.nn.functional, name)]


@cache
def configurations() -> list[tuple[str, Case]]:
    """Each with the name of its database."""
    return list(_configurations())


def _configurations() -> Iterator[tuple[str, Case]]:
    common_modules, common_nn = internal("common_modules"), internal("common_nn")
    with torch.random.fork_rng(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.manual_seed(0)
        for info in common_modules.module_db:
            made = info.module_inputs_func(
                info, device="cpu", dtype=torch.float64, requires_grad=True, training=True
            )
            for item in made if info.module_cls.__name__.endswith("Loss") else ():
                arguments, options = item.constructor_input.args, item.constructor_input.kwargs
                inputs = item.forward_input
                run = info.module_cls(*arguments, **options)
                yield "module_db", called(run, *inputs.args, **inputs.kwargs)
        for test in common_nn.criterion_tests:
            inputs = [drawn(test, "input"), drawn(test, "target")]
            first = inputs[0] if isinstance(inputs[0], tuple) else inputs[:1]
            yield "criterion_tests", called(test["constructor"](), *map(wide, [*first, inputs[1]]))
        for test in common_nn.get_new_module_tests():
            name = test.get("fullname", test.get("module_name", ""))
            if "loss" in name.lower():
                yield "module_tests", called(test["constructor"](), wide(drawn(test, "input")))


def drawn(test, what):
    if what in test:
        return test[what]
    if f"{what}_fn" in test:
        return test[f"{what}_fn"]()
    return torch.randn(test[f"{what}_size"], dtype=torch.float64)


def wide(tensor):
    return tensor.double() if tensor.dtype == torch.float32 else tensor


def called(run, *inputs, **keywords) -> Case:
    """The one call of a loss that a module makes."""
    calls = []

    def recorder(name):
        function = getattr(torch.nn.functional, name)

        def record(*args, **kwargs):
            bound = inspect.signature(function).bind(*args, **kwargs)
            calls.append((name, bound.arguments))
            return args[0]

        return record

    with mock.patch.multiple(torch.nn.functional, **{name: recorder(name) for name in FUNCTIONS}):
        run(*inputs, **keywords)
    ((name, given),) = calls
    old = [given.pop(key, None) for key in ("size_average", "reduce")]
    if old != [None, None]:
        given["reduction"] = _reduction.legacy_get_string(*old, emit_warning=False)
    extra = {"options": given.pop("options")} if "options" in given else {}
    arrays = {
        key: np.array(value.detach() if isinstance(value, torch.Tensor) else value)
        for key, value in given.items()
        if isinstance(value, (torch.Tensor, tuple))
    }
    options = {k: v for k, v in given.items() if k not in arrays and v is not None}
    arrays = {k: x.astype("int64") if x.dtype.kind == "i" else x for k, x in arrays.items()}
    return Case(name, arrays, options, extra)
