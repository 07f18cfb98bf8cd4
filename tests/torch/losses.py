"""Configurations of losses computed twice, by `jaxdl.losses` and by PyTorch, and compared."""

import warnings
from dataclasses import dataclass, field
from itertools import groupby

import jax
import numpy as np
import torch

from jaxdl import losses
from tests.losses.cases import CONSTANT


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


def compare(cases, tolerance):
    """Every value and gradient agrees, to a part of its own largest number, and nan where nan.

    In single precision PyTorch's own distance from its double one comes on top: nothing in float64.
    """
    cases = sorted(cases, key=lambda case: case.kind)
    expected = [theirs(case) for case in cases]
    found = ours(cases, [cotangent for _, cotangent, _ in expected])
    for case, (value, slopes), (wanted, _, wanted_slopes) in zip(
        cases, found, expected, strict=True
    ):
        exact, _, exact_slopes = theirs(case.cast("float64"))
        close(value, wanted, exact, tolerance, case.kind)
        for key in case.by:
            # PyTorch's gradient by a complex number is the conjugate of JAX's.
            slope = np.conj(slopes[key])
            close(slope, wanted_slopes[key], exact_slopes[key], tolerance, key, case.kind)


def ours(cases, cotangents):
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


def theirs(case):
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


def close(found, expected, exact, tolerance, *case):
    assert found.dtype == expected.dtype, case
    finite = np.isfinite(expected) & np.isfinite(exact)
    allowed = tolerance * np.abs(expected[finite]).max(initial=1e-6)
    allowed += np.abs(expected[finite] - exact[finite]).max(initial=0)
    np.testing.assert_allclose(found, expected, rtol=0, atol=allowed, err_msg=str(case))
