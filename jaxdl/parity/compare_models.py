"""Anybody's pair of models compared: outputs, layers, loss, gradients, buffers, whole runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jaxdl.errors import InputError
from jaxdl.parity.compare import Comparison
from jaxdl.parity.convert import convert
from jaxdl.parity.layers import layer_errors, module_outputs
from jaxdl.parity.map import as_array
from jaxdl.parity.sides import (
    PARTS,
    Inputs,
    Ours,
    as_tensors,
    leaves_of,
    mapped,
    ours,
    untouched,
    without_gradients,
)
from jaxdl.parity.tolerances import LOW, gradient_floor, relative_error, rounding_ratio
from jaxdl.parity.training import Run, compared, train_jax, train_torch

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.parity.map import ParameterMap

    Arrays = dict[str, np.ndarray]


def compare(
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
    steps: int = 0,
    batches: Sequence[Any] | None = None,
    layers: bool = True,
) -> Comparison:
    """Compare a PyTorch model with its port to JAX, which gets PyTorch's numbers.

    Where the model's parameters are float64, so is the comparison, whatever the inputs are. In
    bfloat16 and float16 every error is the ratio of `jaxdl.parity.rounding_ratio`. The model's mode
    (train or eval) is the one compared; its parameters, buffers, gradients and optimizer are in
    the end as they were.

    Args:
        model: a `torch.nn.Module`.
        params: the JAX model's, for structure and shapes, or a `flax.nnx.Module`.
        batch: what `loss` and `torch_loss` take: arrays in tuples, lists and dictionaries.
        apply: (params, *inputs) -> output; None: a `flax.nnx.Module` is called itself.
        loss: (params, batch) -> a scalar.
        torch_loss: (model, batch) -> a tensor of one element.
        state: what a plain JAX model keeps besides its params. Then `apply` and `loss` take it
            second and give (output or loss, next state).
        parameter_map: ties the two; None: `jaxdl.parity.convert` finds it.
        inputs: what `apply` and `model` are called with: a sequence, or a mapping of named ones.
            None: the batch's first part.
        torch_batch, torch_inputs: PyTorch's own, where they have another layout.
        optimizer: an `optax.GradientTransformation`.
        torch_optimizer: a `torch.optim.Optimizer` of the model's parameters.
        torch_scheduler: takes that optimizer and gives a learning rate scheduler, which is stepped
            after each of its steps. JAX's schedule is part of its optimizer.
        torch_clip: takes the parameters, between backward and step, and clips their gradients.
            JAX's clipping is part of its optimizer.
        torch_accumulate: so many batches make one of PyTorch's steps, each with its share of the
            loss. JAX's optimizer is given the gradient of each: `optax.MultiSteps`.
        steps: so many training steps are compared, too.
        batches: of those steps, in turn; None: the batch, each time.
        layers: compare every module's output, too.

    Raises:
        InputError: what is given does not make a comparison, or the outputs have other shapes.
        MapError: the parameters do not fit.
    """
    import jax

    if (loss is None) != (torch_loss is None):
        there, missing = ("loss", "torch_loss") if loss else ("torch_loss", "loss")
        raise InputError(f"there is {there}, but no {missing}: give both, or neither")
    if steps and (optimizer is None or torch_optimizer is None or loss is None):
        raise InputError("steps need optimizer, torch_optimizer, loss and torch_loss")
    if torch_accumulate < 1:
        raise InputError(f"torch_accumulate must be at least 1, got {torch_accumulate}")
    inputs = first_part(batch) if inputs is None else inputs
    if torch_inputs is None:
        torch_inputs = inputs if torch_batch is None else first_part(torch_batch)
    tensors = as_tensors(torch_inputs)
    theirs = as_tensors(batch if torch_batch is None else torch_batch)
    precision = precision_of(model, tensors)
    if steps and precision in LOW:
        raise InputError(f"steps are compared in float32 and float64, not in {precision}")
    weights = {name: as_array(tensor) for name, tensor in model.state_dict().items()}

    with jax.enable_x64(precision == "float64"):
        if parameter_map is None:
            parameter_map = found_map(model, params, apply, state, inputs, tensors)
        mine = ours(params, apply, loss, state, parameter_map, weights)
        with untouched(model):
            reference = of_torch(model, tensors, theirs, torch_loss)
        found = of_jax(mine, parameter_map, inputs, batch)
        if precision in LOW:
            wide = deepcopy(model).float()
            exact = of_torch(wide, widened(tensors), widened(theirs), torch_loss)
        else:
            exact = None
        errors = _errors(found, reference, exact)
        run = Run([], {}, {})
        if steps:
            given = [batch] if batches is None else list(batches)
            tensor_batches = [theirs] if batches is None else as_tensors(given)
            with untouched(model, torch_optimizer):
                wanted = train_torch(
                    model,
                    torch_loss,
                    torch_optimizer,
                    tensor_batches,
                    steps,
                    scheduler=torch_scheduler,
                    clip=torch_clip,
                    accumulate=torch_accumulate,
                )
            run = train_jax(mine, optimizer, parameter_map, given, steps, torch_accumulate)
            run = compared(run, wanted)
        by_layer = []
        if layers:
            with untouched(model):
                outputs = module_outputs(model, lambda: without_gradients(model, tensors))
            by_layer = layer_errors(
                outputs, lambda params: mine.apply(params, mine.state, inputs)[0], mine.params
            )
    return Comparison(
        precision=precision,
        steps=steps,
        init_equal=True,  # they are the same numbers
        output_error=max(_of("output", errors).values(), default=0.0),
        batch_loss_error=max(_of("loss", errors).values(), default=0.0),
        loss_error=run.losses,
        gradient_error=_of("gradient", errors),
        parameter_error=run.parameters,
        layers=by_layer,
        buffer_error=_of("buffer", errors),
        slot_error=run.slots,
        frozen=[name for name, p in model.named_parameters() if not p.requires_grad],
        unused=reference.unused,
        ratios=_ratios(found, reference, exact),
    )


def found_map(
    model: Any, params: Any, apply: Any, state: Any, inputs: Inputs, tensors: Inputs
) -> ParameterMap:
    """The map, by structure."""
    if state is None:
        return convert(
            model, params, inputs=inputs, torch_inputs=tensors, apply=apply
        ).parameter_map

    def output(both: Any, *inputs: Any, **named: Any) -> Any:
        return apply(both["params"], both["state"], *inputs, **named)[0]

    both = {"params": params, "state": state}
    return convert(
        model, both, inputs=inputs, torch_inputs=tensors, apply=output, collections=PARTS
    ).parameter_map


@dataclass(frozen=True)
class Measured:
    """What one model computed on one batch, under PyTorch's names.

    Args:
        values: "output/0", "loss/", "gradient/fc.bias", "buffer/norm.running_mean" -> array.
        unused: parameters that the loss does not depend on, in PyTorch.
    """

    values: dict[str, np.ndarray]
    unused: list[str] = field(default_factory=list)


def of_torch(model: Any, inputs: Inputs, batch: Any, loss: Any) -> Measured:
    """PyTorch's output, loss, gradients, and its buffers after the loss."""
    import torch

    buffers = {name: tensor.clone() for name, tensor in model.named_buffers()}
    values = {
        f"output/{k}": as_array(leaf).copy()
        for k, leaf in enumerate(leaves_of(without_gradients(model, inputs)))
    }
    if loss is None:
        return Measured(values)
    with torch.no_grad():
        for name, tensor in model.named_buffers():
            tensor.copy_(buffers[name])
    value = loss(model, batch)
    if value.numel() != 1:
        raise InputError(f"torch_loss gives a tensor of shape {tuple(value.shape)}, not one number")
    trained = {name: p for name, p in model.named_parameters() if p.requires_grad}
    found: Any = [None] * len(trained)
    if trained and value.requires_grad:
        found = torch.autograd.grad(value, list(trained.values()), allow_unused=True)
    values["loss/"] = as_array(value).reshape(()).copy()
    unused = []
    for (name, parameter), gradient in zip(trained.items(), found, strict=True):
        if gradient is None:
            unused.append(name)
            gradient = torch.zeros_like(parameter)
        elif gradient.is_sparse:
            gradient = gradient.to_dense()
        values[f"gradient/{name}"] = as_array(gradient)
    for name, tensor in model.named_buffers():
        values[f"buffer/{name}"] = as_array(tensor).copy()
    return Measured(values, unused)


def of_jax(mine: Ours, parameter_map: ParameterMap, inputs: Inputs, batch: Any) -> Measured:
    """The JAX model's output, loss, gradients and next state, compiled without LLVM's optimiser."""
    import jax
    import jax.numpy as jnp
    import numpy as np

    plain = {"xla_backend_optimization_level": 0}

    def once(function: Any, *arguments: Any) -> Any:
        return jax.jit(function, compiler_options=plain)(*arguments)

    output, _ = once(
        lambda params, state: mine.apply(params, state, inputs), mine.params, mine.state
    )
    values = {f"output/{k}": np.asarray(leaf) for k, leaf in enumerate(jax.tree.leaves(output))}
    if mine.loss is None:
        return Measured(values)

    leaves, form = jax.tree.flatten(mine.params)
    floats = [k for k, leaf in enumerate(leaves) if jnp.issubdtype(leaf.dtype, jnp.inexact)]

    def loss(trained: Any, state: Any) -> tuple[Any, Any]:
        assert mine.loss is not None
        params = jax.tree.unflatten(form, [trained.get(k, leaf) for k, leaf in enumerate(leaves)])
        value, state = mine.loss(params, state, batch)
        return value.reshape(()), state

    trained = {k: leaves[k] for k in floats}
    (value, after), found = once(jax.value_and_grad(loss, has_aux=True), trained, mine.state)
    gradient = [found[k] if k in found else np.zeros_like(leaf) for k, leaf in enumerate(leaves)]
    values["loss/"] = np.asarray(value)
    named = mine.gradients(parameter_map, jax.tree.unflatten(form, gradient))
    values |= {f"gradient/{name}": tensor for name, tensor in named.items()}
    named = mine.named(parameter_map, mine.params, after)
    values |= {f"buffer/{name}": tensor for name, tensor in named.items()}
    return Measured(values)


def _errors(found: Measured, wanted: Measured, exact: Measured | None) -> dict[str, float]:
    """Quantity -> its error, or its ratio where the precision is low."""
    outputs = [
        [name for name in side.values if name.startswith("output/")] for side in (found, wanted)
    ]
    if len(outputs[0]) != len(outputs[1]):
        raise InputError(
            f"apply gives {len(outputs[0])} arrays, the PyTorch model {len(outputs[1])} tensors"
        )
    for name in outputs[1]:
        ours, theirs = found.values[name].shape, wanted.values[name].shape
        if ours != theirs:
            raise InputError(
                f"the outputs have different shapes: {ours} of apply, {theirs} of the PyTorch model"
            )
    errors = {}
    gradients = [t for name, t in wanted.values.items() if name.startswith("gradient/")]
    floor = gradient_floor(gradients)
    for name, tensor in wanted.values.items():
        if name.startswith("buffer/") and name not in found.values:
            continue  # the map says that JAX keeps nothing of it
        ours = found.values.get(name)
        if ours is None:
            errors[name] = float("inf")
        elif exact is None or tensor.dtype.kind in "biu":
            over = floor if name.startswith("gradient/") else 0.0
            errors[name] = relative_error(ours, tensor, over)
        else:
            errors[name] = rounding_ratio((ours, tensor, exact.values[name]))
    return errors


def _ratios(found: Measured, wanted: Measured, exact: Measured | None) -> dict[str, float]:
    """Quantity -> the ratio of rounding over all its arrays; empty: the precision is not low."""
    import numpy as np

    if exact is None:
        return {}
    kinds: dict[str, list[Any]] = {}
    for name, tensor in exact.values.items():
        if tensor.dtype.kind in "biu" or (name.startswith("buffer/") and name not in found.values):
            continue
        ours = found.values.get(name, np.full(tensor.shape, np.inf))  # a gradient that is missing
        three = ours, wanted.values[name], tensor
        kinds.setdefault(name.partition("/")[0], []).append(three)
    return {kind: rounding_ratio(*arrays) for kind, arrays in kinds.items()}


def _of(kind: str, errors: Mapping[str, float]) -> dict[str, float]:
    return {
        name.removeprefix(f"{kind}/"): error
        for name, error in errors.items()
        if name.startswith(f"{kind}/")
    }


def first_part(batch: Any) -> Inputs:
    """The inputs in a batch: the first part of (x, y)."""
    if isinstance(batch, list | tuple) and batch:
        return (batch[0],)
    raise InputError(
        f"what the models are called with cannot be read off a batch that is a "
        f"{type(batch).__name__}; give inputs"
    )


def precision_of(model: Any, inputs: Any) -> str:
    """That of the widest floating-point parameter, or of the inputs where there is none."""
    found = {p.dtype for p in model.parameters() if p.is_floating_point()}
    found = found or {t.dtype for t in leaves_of(inputs) if getattr(t, "is_floating_point", bool)()}
    names = {str(dtype).removeprefix("torch.") for dtype in found}
    return next((name for name in ("float64", "float32", *LOW) if name in names), "float32")


def widened(tree: Any) -> Any:
    """Tensors of low precision in float32."""

    def wide(leaf: Any) -> Any:
        low = str(getattr(leaf, "dtype", "")).removeprefix("torch.") in LOW
        return leaf.float() if low else leaf

    return mapped(wide, tree)
