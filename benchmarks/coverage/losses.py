"""`jaxdl.losses` on every loss in PyTorch's own databases, as calls of `torch.nn.functional`."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import Any
from unittest import mock

import jax
import numpy as np
import torch
from torch.nn import _reduction

from benchmarks.coverage.internal import internal
from jaxdl import losses

FUNCTIONS = [name for name in losses.__all__ if hasattr(torch.nn.functional, name)]

# Arrays that PyTorch does not differentiate by.
CONSTANT = {
    "binary_cross_entropy": {"weight"},
    "binary_cross_entropy_with_logits": {"weight", "pos_weight"},
    "cosine_embedding_loss": {"target"},
    "cross_entropy": {"weight"},
    "hinge_embedding_loss": {"target"},
    "linear_cross_entropy": {"weight"},
    "multi_margin_loss": {"weight"},
    "nll_loss": {"weight"},
    "soft_margin_loss": {"target"},
}


@dataclass(eq=False)
class Case:
    """One call: the arrays by keyword, the other keywords, and those that PyTorch alone has."""

    name: str
    arrays: dict
    options: dict
    extra: dict = field(default_factory=dict)

    @property
    def by(self):
        """What is differentiated by: the floating-point arrays that PyTorch differentiates by."""
        constant = CONSTANT.get(self.name, ())
        return [
            key for key, x in self.arrays.items() if x.dtype.kind in "fc" and key not in constant
        ]

    @property
    def kind(self):
        """Equal for calls that one program computes, given other numbers."""
        shapes = [(key, x.shape, str(x.dtype)) for key, x in sorted(self.arrays.items())]
        return f"{self.name} {sorted(self.options.items())} {shapes}"

    def cast(self, dtype):
        """Its real numbers in another precision."""
        arrays = {k: x.astype(dtype) if x.dtype.kind == "f" else x for k, x in self.arrays.items()}
        return Case(self.name, arrays, self.options, self.extra)


@cache
def configurations() -> list[tuple[str, Case]]:
    """Each with the name of its database."""
    return [*(("module_db", case) for _, case in modules()), *_older()]


@cache
def modules() -> list[tuple[str, Case]]:
    """Each of the database of modules with the name of its class."""
    return list(_modules())


def _modules() -> Iterator[tuple[str, Case]]:
    options: dict[str, Any] = {"device": "cpu", "dtype": torch.float64, "requires_grad": True}
    with torch.random.fork_rng(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.manual_seed(0)
        for info in internal("common_modules").module_db:
            made = info.module_inputs_func(info, training=True, **options)
            name = info.name.removeprefix("nn.")
            for item in made if name.endswith("Loss") else ():
                arguments, keywords = item.constructor_input.args, item.constructor_input.kwargs
                inputs = item.forward_input
                run = info.module_cls(*arguments, **keywords)
                yield name, called(run, *inputs.args, **inputs.kwargs)


def _older() -> Iterator[tuple[str, Case]]:
    """The losses of PyTorch's older lists."""
    common_nn = internal("common_nn")
    with torch.random.fork_rng(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.manual_seed(0)
        for test in common_nn.criterion_tests:
            inputs = [drawn(test, "input"), drawn(test, "target")]
            first = inputs[0] if isinstance(inputs[0], tuple) else inputs[:1]
            yield "criterion_tests", called(test["constructor"](), *map(wide, [*first, inputs[1]]))
        for test in common_nn.get_new_module_tests():
            name = test.get("fullname", test.get("module_name", ""))
            if "loss" in name.lower():
                yield "module_tests", called(test["constructor"](), wide(drawn(test, "input")))


def drawn(test: Any, what: str) -> Any:
    """The input or the target of one of PyTorch's tests."""
    if what in test:
        return test[what]
    if f"{what}_fn" in test:
        return test[f"{what}_fn"]()
    return torch.randn(test[f"{what}_size"], dtype=torch.float64)


def wide(tensor: Any) -> Any:
    """A float32 tensor in float64."""
    return tensor.double() if tensor.dtype == torch.float32 else tensor


def called(run: Any, *inputs: Any, **keywords: Any) -> Case:
    """The one call of a loss that a module makes."""
    calls = []

    def recorder(name):
        function = getattr(torch.nn.functional, name)

        def record(*args, **kwargs):
            bound = inspect.signature(function).bind(*args, **kwargs)
            calls.append((name, bound.arguments))
            return args[0]

        return record

    recorders: Any = {name: recorder(name) for name in FUNCTIONS}
    with mock.patch.multiple(torch.nn.functional, **recorders):
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


def ours(cases: Sequence[Case], cotangents: Sequence[Any]) -> list[Any]:
    """All in one program, those of one kind side by side: under jit, vmap and reverse mode."""
    kinds = [list(group) for _, group in groupby(range(len(cases)), lambda i: cases[i].kind)]
    stacks = [
        jax.tree.map(lambda *x: np.stack(x), *((cases[i].arrays, cotangents[i]) for i in kind))
        for kind in kinds
    ]

    def one(case, arrays, cotangent):
        constant = {key: x for key, x in arrays.items() if key not in case.by}

        def loss(inputs):
            return getattr(losses, case.name)(**inputs, **constant, **case.options)

        value, pull = jax.vjp(loss, {key: arrays[key] for key in case.by})
        return value, pull(cotangent)[0]

    def run(stacks):
        return [
            jax.vmap(lambda *x, case=cases[kind[0]]: one(case, *x))(*stack)
            for kind, stack in zip(kinds, stacks, strict=True)
        ]

    with jax.enable_x64(any(cotangent.dtype == "float64" for cotangent in cotangents)):
        results = jax.device_get(jax.jit(run)(stacks))
    return [
        jax.tree.map(lambda x, i=i: x[i], result)
        for kind, result in zip(kinds, results, strict=True)
        for i in range(len(kind))
    ]


def theirs(case: Case) -> tuple[Any, Any, dict[str, Any]]:
    """PyTorch's value, what its gradient is taken of, and the gradient by each array."""
    tensors = {
        key: torch.tensor(array, requires_grad=key in case.by) for key, array in case.arrays.items()
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of kl_div's mean
        value = getattr(torch.nn.functional, case.name)(**tensors, **case.options, **case.extra)
    cotangent = torch.linspace(0.5, 2, value.numel(), dtype=value.dtype).reshape(value.shape)
    if value.requires_grad:
        value.backward(cotangent)
    # Without a gradient: no derivative goes through, as through the 0-norm.
    slopes = {key: tensors[key].grad for key in case.by}
    slopes = {
        key: np.zeros_like(case.arrays[key]) if slope is None else slope.numpy()
        for key, slope in slopes.items()
    }
    return value.detach().numpy(), cotangent.numpy(), slopes
