"""A function of JAX's as an arm: as it is, or through `jax.jit`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxdl.bench.arms.arm import check_dtype
from jaxdl.bench.arms.called import (
    COMPLEX,
    Called,
    Question,
    Weights,
    applied,
    by_name,
    held_things,
    outputs,
)
from jaxdl.bench.trees import Path, leaves, with_leaves
from jaxdl.errors import InputError


def configured(dtype: str) -> Any:
    """Set JAX's precision; the device that computes.

    Raises:
        InputError: this device has no such dtype.
    """
    device = jax.devices()[0]
    check_dtype(dtype, cpu=device.platform == "cpu")
    jax.config.update("jax_enable_x64", dtype == "float64")
    matmul = "tensorfloat32" if dtype == "tf32" else "highest"
    jax.config.update("jax_default_matmul_precision", matmul)
    return device


def tracing(folder: str) -> AbstractContextManager[Any]:
    """What is called inside, as JAX's profiler saw it: XProf's format, and Perfetto's beside it."""
    return jax.profiler.trace(folder, create_perfetto_trace=True)


def memory(device: Any, name: str) -> int:
    """A number of bytes that a device with memory of its own tells."""
    return (device.memory_stats() or {}).get(name, 0)


def build(
    name: str, load: Callable[[], Callable[..., Any]], question: Question, dtype: str
) -> Called:
    """Set the function up; see `jaxdl.bench.arms.build_function`."""
    device = configured(dtype)
    function = load()

    def array(leaf: np.ndarray) -> Any:
        low = dtype == "bfloat16" and leaf.dtype.kind == "f"
        return jax.device_put(leaf.astype(jnp.bfloat16) if low else leaf, device)

    given = [
        with_leaves(inputs, {path: array(leaf) for path, leaf in leaves(inputs)})
        for inputs in question.inputs
    ]
    before = list(map(held_things, given))
    weights = Weights()

    def like(array: np.ndarray, output: Any) -> Any:
        return jnp.asarray(array, output.dtype)

    def both(inputs: Any, chosen: Mapping[Path, Any], scale: Any) -> Any:
        def floating(chosen: Mapping[Path, Any]) -> tuple[dict[str, Any], Any]:
            out = applied(function, with_leaves(inputs, dict(chosen)))
            return _floating(out), out

        found, back, out = jax.vjp(floating, chosen, has_aux=True)
        (slopes,) = back(scale or weights.of(found, like))
        return out, slopes

    jitted = name == "jax-jit"
    alone = jax.jit(partial(applied, function)) if jitted else partial(applied, function)
    with_slopes = jax.jit(both) if jitted else both
    chosen = []
    for inputs, tree in zip(question.inputs, given, strict=True):
        held = dict(leaves(tree))
        chosen.append({path: held[path] for path in question.wanted(inputs)})
    if jitted and question.gradients:
        shapes = jax.eval_shape(lambda inputs: _floating(applied(function, inputs)), given[0])
        weights.of(shapes, like)

    def run(call: int) -> Any:
        if not question.gradients:
            return jax.block_until_ready((alone(given[call]), {}))
        return jax.block_until_ready(with_slopes(given[call], chosen[call], weights.made))

    def arrays(result: Any) -> dict[str, np.ndarray]:
        out, slopes = result
        return {name: np.asarray(leaf) for name, leaf in by_name(outputs(out), slopes).items()}

    own = None if device.platform == "cpu" else partial(memory, device)
    return Called(
        run, arrays, lambda call: held_things(given[call]) == before[call],
        device.device_kind,
        own and partial(own, "bytes_in_use"),
        own and partial(own, "peak_bytes_in_use"),
        tracing,
    )  # fmt: skip


def _floating(out: Any) -> dict[str, Any]:
    found = outputs(out)
    for name, leaf in found.items():
        if jnp.issubdtype(leaf.dtype, jnp.complexfloating):
            raise InputError(f"its {name} {COMPLEX}")
    return {name: leaf for name, leaf in found.items() if jnp.issubdtype(leaf.dtype, jnp.floating)}
