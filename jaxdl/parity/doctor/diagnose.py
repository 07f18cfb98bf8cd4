"""The doctor: the first thing in a port that differs from its PyTorch model, and why."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from itertools import permutations
from typing import TYPE_CHECKING, Any

from jaxdl.errors import InputError
from jaxdl.parity.calls import Call, recorded, tensors_in
from jaxdl.parity.compare_models import first_part, found_map, precision_of
from jaxdl.parity.doctor.buffers import buffers
from jaxdl.parity.doctor.calls.evidence import in_order
from jaxdl.parity.doctor.calls.forward import explain
from jaxdl.parity.doctor.calls.values import (
    EXACT,
    ROUNDED,
    Values,
    results_of,
    rounded,
    telling,
    values_of,
)
from jaxdl.parity.doctor.diagnosis import Diagnosis, Pair
from jaxdl.parity.doctor.gradients import gradients
from jaxdl.parity.doctor.optimizer.courses import Training
from jaxdl.parity.doctor.optimizer.stage import optimizers
from jaxdl.parity.doctor.resume import resume
from jaxdl.parity.doctor.weights import weights as filled_weights
from jaxdl.parity.map import as_array
from jaxdl.parity.prints import distance, print_of
from jaxdl.parity.sides import (
    Inputs,
    as_tensors,
    called,
    leaves_of,
    mapped,
    one_thread,
    ours,
    traced,
    untouched,
)

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.parity.map import ParameterMap

FLOAT32 = 1e-4
"""Gradients nearer than this are the same, where the JAX program can only be run in float32."""


def diagnose(
    model: Any,
    params: Any,
    batch: Any,
    *,
    apply: Callable[..., Any] | None = None,
    loss: Callable[..., Any] | None = None,
    torch_loss: Callable[..., Any] | None = None,
    state: Any = None,
    parameter_map: ParameterMap | None = None,
    inputs: Inputs | None = None,
    torch_batch: Any = None,
    torch_inputs: Inputs | None = None,
    optimizer: Any = None,
    torch_optimizer: Any = None,
    torch_scheduler: Callable[[Any], Any] | None = None,
    torch_clip: Callable[[Any], Any] | None = None,
    torch_accumulate: int = 1,
    converted: Any = None,
    resumed: Callable[[Any, Any], tuple[Any, Any]] | None = None,
    steps: int = 6,
) -> Diagnosis:
    """The first thing in a port that differs, and the cause with its cure.

    Both programs are run in float64, whatever they are written for, so that rounding hides nothing;
    a JAX program that cannot be, since it has float32 written in it, is run as it is.
    The faults that ports are known for are done to the PyTorch program, one after the other, until
    its numbers are those of the JAX program: what had to be done is the cause.

    The stages, in their order: "weights" (of `converted`), "forward", "loss", "gradient", "buffer",
    "optimizer", "resume"; "none" if nothing differs.

    Args: as those of `jaxdl.parity.compare`, and:
        converted: the JAX model's params that the user's own converter filled with PyTorch's
            numbers (or {"params": …, "state": …}, or the module), compared with what the map gives.
        resumed: (params, opt_state) -> (params, opt_state): what the user's saving and loading
            make of a training state of the JAX model, in the precision that its user has.
        steps: that are trained before the optimizers are compared and a training is interrupted.

    Raises:
        InputError, MapError: as those of `jaxdl.parity.compare`.
    """
    if (loss is None) != (torch_loss is None):
        raise InputError("give both loss and torch_loss, or neither")
    if resumed is not None and (optimizer is None or loss is None):
        raise InputError("resumed needs optimizer, loss and torch_loss")
    if torch_accumulate < 1:
        raise InputError(f"torch_accumulate must be at least 1, got {torch_accumulate}")
    inputs = first_part(batch) if inputs is None else inputs
    if torch_inputs is None:
        torch_inputs = inputs if torch_batch is None else first_part(torch_batch)
    theirs = Theirs(
        model,
        torch_loss,
        _wide_tensors(as_tensors(torch_inputs)),
        _wide_tensors(as_tensors(batch if torch_batch is None else torch_batch)),
    )
    training = None
    if optimizer is not None and torch_optimizer is not None and loss is not None:
        training = Training(
            optimizer,
            torch_optimizer,
            torch_scheduler,
            torch_clip,
            torch_accumulate,
            steps,
            model,
        )
    port = Port(params, apply, loss, state, parameter_map, batch, inputs)
    try:
        found, parameter_map = _found(theirs, port, training, converted)
    except TypeError as error:
        if not {"float32", "float64"} <= set(re.findall(r"float\d\d", str(error))):
            raise
        # It has float32 written in it, in the start of a loop perhaps: it is run so.
        found, parameter_map = _found(theirs, port, training, converted, wide=False)
    if found is None and resumed is not None:
        import jax

        with jax.enable_x64(precision_of(model, theirs.inputs) == "float64"):
            weights = {name: as_array(tensor) for name, tensor in model.state_dict().items()}
            mine = ours(params, apply, loss, state, parameter_map, weights)
            plain = Pair(model, torch_loss, theirs.batch, mine, batch, parameter_map)
            found = resume(resumed, optimizer, steps, plain)
    return found or Diagnosis("none")


@dataclass(frozen=True)
class Theirs:
    """PyTorch's side as it is given, what goes in in float64."""

    model: Any
    loss: Callable[..., Any] | None
    inputs: Any
    batch: Any


@dataclass(frozen=True)
class Port:
    """The JAX side as it is given."""

    params: Any
    apply: Callable[..., Any] | None
    loss: Callable[..., Any] | None
    state: Any
    parameter_map: ParameterMap | None
    batch: Any
    inputs: Inputs


def _found(
    theirs: Theirs, port: Port, training: Training | None, converted: Any, *, wide: bool = True
) -> tuple[Diagnosis | None, ParameterMap]:
    """What the stages up to the optimizer find; the JAX side in float64, or as it is written."""
    import jax

    model = deepcopy(theirs.model).double()
    weights = {name: as_array(tensor) for name, tensor in model.state_dict().items()}
    with jax.enable_x64(wide), one_thread():
        if wide:
            given = {
                name: _wide_arrays(getattr(port, name)) for name in ("batch", "state", "inputs")
            }
            port = replace(port, **given)
        parameter_map = port.parameter_map or found_map(
            model, port.params, port.apply, port.state, port.inputs, theirs.inputs
        )
        mine = ours(port.params, port.apply, port.loss, port.state, parameter_map, weights)
        pair = Pair(model, theirs.loss, theirs.batch, mine, port.batch, parameter_map)

        def output(params: Any) -> Any:
            return mine.apply(params, mine.state, port.inputs)[0]

        found = None
        if converted is not None:
            found = filled_weights(converted, port.params, theirs.model, port.inputs, pair)
        if found is None:
            run = partial(called, model, (), theirs.inputs)
            found, _ = _numbers("forward", pair, run, output)
        if found is not None or theirs.loss is None:
            return found, parameter_map
        run = partial(theirs.loss, model, theirs.batch)
        found, tolerance = _numbers("loss", pair, run, lambda params: pair.loss(params)[0])
        pair = replace(pair, tolerance=tolerance if wide else FLOAT32)
        looks = [gradients, buffers]
        if training is not None and wide:
            looks.append(partial(optimizers, training))
        for look in looks:
            if found is None:
                with untouched(model):
                    found = look(pair)
        if found is None and training is not None and not wide:
            raise InputError(
                "outputs, loss and gradients agree; the optimizers cannot be compared, since the "
                "JAX program has float32 written in it: write x.dtype there"
            )
    return found, parameter_map


def _numbers(
    stage: str, pair: Pair, theirs: Callable[[], Any], ours: Callable[[Any], Any]
) -> tuple[Diagnosis | None, float]:
    """The first number of a program that differs; and so near numbers are the same."""
    with untouched(pair.model):
        calls, result = recorded(pair.model, theirs)
    program = traced(ours, pair.mine.params)
    results, tensors = results_of(*program), list(leaves_of(result))
    if len(tensors) != len(results):
        raise InputError(
            f"apply gives {len(results)} arrays, PyTorch's model {len(tensors)} tensors"
        )
    if all(map(_same, results, tensors)):
        return None, EXACT  # and so what led there
    order = _order(results, tensors)
    if order is not None:
        cure = "give them back in PyTorch's order"
        cause = f"the outputs stand in the order {order}"
        return Diagnosis(stage, "the outputs", cause, cure, certain=True), EXACT
    values, results = values_of(*program)
    values.narrow |= any(map(_narrow, calls))
    made = [_source(calls, tensor) for tensor in tensors]
    tolerance = ROUNDED if values.narrow else values.tolerance
    found = explain(calls, values, results, made)
    if found is None or not found.explains:
        odd = _not_finite(stage, found.call if found else calls[-1], values, results, tensors)
        if odd is not None:
            return odd, tolerance
    if found is None:
        return None, tolerance
    outside = stage == "loss" and not found.call.module
    told = Diagnosis(
        "loss" if outside else "forward",
        found.call.title,
        found.cause,
        found.cure,
        found.place,
        found.explains,
    )
    return told, tolerance


def _same(array: np.ndarray, tensor: Any) -> bool:
    """A result has PyTorch's numbers, and they are no others'."""
    wanted = tensor.detach().double().numpy()
    near = array.size == wanted.size and distance(print_of(array), print_of(wanted)) <= EXACT
    return near and telling(wanted) and in_order(array, tensor)


def _order(results: list[Any], tensors: list[Any]) -> tuple[int, ...] | None:
    """The places in which the JAX program has PyTorch's outputs, where that is all that differs."""
    if not 1 < len(results) <= 5:
        return None
    for order in permutations(range(len(results))):
        if all(_same(results[k], tensor) for k, tensor in zip(order, tensors, strict=True)):
            return order
    return None


def _narrow(call: Call) -> bool:
    """It takes or gives numbers that are rounded to float32, whatever the model's type."""
    import numpy as np
    import torch

    tensors = (*call.outputs, *tensors_in((call.args, call.kwargs)))
    arrays = [t.detach().numpy() for t in tensors if t.dtype == torch.float32]
    arrays += [np.asarray(x) for x in call.args if isinstance(x, np.floating)]
    return any(map(rounded, arrays))


def _not_finite(
    stage: str, call: Call, values: Values, results: list[Any], tensors: list[Any]
) -> Diagnosis | None:
    """The JAX program gives NaN where PyTorch's does not: where it comes up first."""
    import numpy as np

    if not any(np.isnan(array).any() for array in results):
        return None
    if any(bool(tensor.isnan().any()) for tensor in tensors):
        return None
    passed_on = ("", "convert_element_type", "broadcast_in_dim")  # a fill value, used or not
    every = [
        value
        for held in values.by_size.values()
        for value in held
        if np.isnan(value.array).any() and value.operation not in passed_on
    ]
    first = min(every, key=lambda value: value.number)
    why = {"div": "0 / 0", "log": "the logarithm of a number below 0", "sub": "∞ - ∞"}
    told = why.get(first.operation, f"JAX's {first.operation}")
    return Diagnosis(
        stage,
        call.title,
        f"it is NaN, which comes first of {told}",
        "a divisor of at least 1, jnp.where on what goes in, not on what comes out",
        first.place,
    )


def _source(calls: list[Call], tensor: Any) -> tuple[int, int]:
    """The call that gave a result: the last with its numbers."""
    import torch

    for call in reversed(calls):
        for k, output in enumerate(call.outputs):
            if output.shape == tensor.shape and torch.equal(output, tensor.detach()):
                return call.number, k
    raise InputError("the PyTorch program's result is the result of none of its functions")


def _wide_tensors(tree: Any) -> Any:
    """Floating-point tensors in float64."""
    import torch

    def wide(leaf: Any) -> Any:
        return (
            leaf.double() if isinstance(leaf, torch.Tensor) and leaf.is_floating_point() else leaf
        )

    return mapped(wide, tree)


def _wide_arrays(tree: Any) -> Any:
    """Floating-point arrays in float64."""
    import jax
    import jax.numpy as jnp

    def wide(leaf: Any) -> Any:
        floating = hasattr(leaf, "dtype") and jnp.issubdtype(leaf.dtype, jnp.floating)
        return jnp.asarray(leaf, jnp.float64) if floating else leaf

    return jax.tree.map(wide, tree)
