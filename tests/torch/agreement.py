"""Functions of both frameworks over many cases: values, indices, all gradients, in float64."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import torch

# Compilation is most of the time, and without LLVM's optimiser the program computes the same.
QUICK = {"xla_backend_optimization_level": 0}


def last(x, rank):
    """The channels behind the dimensions; rank None: x as it is."""
    return x if rank is None else jnp.moveaxis(x, -rank - 1, -1)


def first(x, rank):
    return x if rank is None else jnp.moveaxis(x, -1, -rank - 1)


def by_torch(theirs, inputs, weigh):
    """The outputs, and the gradients of the first one's weighted sum."""
    tensors = [torch.tensor(x, requires_grad=True) for x in inputs]
    outputs = theirs(*tensors)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    weights = weigh(outputs[0].shape)
    (outputs[0] * torch.from_numpy(weights)).sum().backward()
    numbers = [output.detach().numpy() for output in outputs]
    return numbers, [tensor.grad.numpy() for tensor in tensors], weights


def differences(cases, limit=1e-12):
    """The cases that differ, by how much; all of them are one program, compiled once.

    Args:
        cases: name -> (ours, theirs, inputs, rank), the inputs channels first: `ours` is given them
            channels last behind `rank` dimensions, and gives the same out.
        limit: of an error over the largest number, or over 1.
    """
    random = np.random.default_rng(1)
    weigh = lambda shape: np.asarray(random.normal(size=shape))  # noqa: E731
    theirs = {name: by_torch(case[1], case[2], weigh) for name, case in cases.items()}

    def one(name):
        ours, _, _, rank = cases[name]

        def weighted(inputs):
            outputs = ours(*(last(x, rank) for x in inputs))
            outputs = outputs if isinstance(outputs, tuple) else (outputs,)
            outputs = [first(output, rank) for output in outputs]
            if outputs[0].shape != theirs[name][2].shape:
                raise ValueError(f"{name}: {outputs[0].shape}, not {theirs[name][2].shape}")
            return jnp.sum(outputs[0] * theirs[name][2]), outputs

        return jax.grad(weighted, has_aux=True)

    @partial(jax.jit, compiler_options=QUICK)
    def program(inputs):
        return {name: one(name)(x) for name, x in inputs.items()}

    with jax.enable_x64():
        found = program({name: [jnp.asarray(x) for x in case[2]] for name, case in cases.items()})
    errors = {}
    for name, (gradients, outputs) in found.items():
        numbers, slopes, _ = theirs[name]
        pairs = [*zip(outputs, numbers, strict=True), *zip(gradients, slopes, strict=True)]
        worst = max(error(np.asarray(a), b) for a, b in pairs)
        if not worst <= limit:
            errors[name] = worst
    return errors


def error(a, b):
    """NaN where only one side is; 0 where both are."""
    if a.dtype.kind == "i" or a.size == 0:
        return float(not np.array_equal(a, b))
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    return float(np.max(np.where(same, 0, np.abs(a - b))) / max(1, np.max(np.abs(b))))
