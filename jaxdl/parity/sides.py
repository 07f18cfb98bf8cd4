"""The two models of a comparison, each in the one form that the rest works with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jaxdl.errors import InputError
from jaxdl.parity.leaves import is_module

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.parity.map import ParameterMap

PARTS = ("params", "state")
Inputs = Sequence[Any] | Mapping[str, Any]


@dataclass(frozen=True)
class Ours:
    """A JAX model.

    Args:
        apply: (params, state, inputs) -> output, the next state.
        loss: (params, state, batch) -> a scalar, the next state. None: none is compared.
        params: what gradients are taken of.
        state: what else the model keeps: running statistics.
        whole: (params, state) -> what the parameter map is of.
        params_of: takes the params out of it again.
    """

    apply: Callable[[Any, Any, Inputs], tuple[Any, Any]]
    loss: Callable[[Any, Any, Any], tuple[Any, Any]] | None
    params: Any
    state: Any
    whole: Callable[[Any, Any], Any]
    params_of: Callable[[Any], Any]

    def named(self, parameter_map: ParameterMap, params: Any, state: Any) -> dict[str, np.ndarray]:
        """Both under PyTorch's names."""
        return parameter_map.to_torch(self.whole(params, state))

    def gradients(self, parameter_map: ParameterMap, gradient: Any) -> dict[str, np.ndarray]:
        """The gradient of the params under PyTorch's names."""
        return parameter_map.to_torch(self.whole(gradient, None), partial=True)

    def carried(self, parameter_map: ParameterMap, tensors: Mapping[str, Any]) -> Any:
        """A `state_dict` of PyTorch's in the form of the params."""
        import jax

        like = self.whole(self.params, self.state)
        return self.params_of(parameter_map.to_jax(tensors, like, jax.numpy.array))


def ours(
    params: Any,
    apply: Callable[..., Any] | None,
    loss: Callable[..., Any] | None,
    state: Any,
    parameter_map: ParameterMap,
    weights: Mapping[str, Any],
) -> Ours:
    """The JAX model, with PyTorch's numbers in it.

    Args:
        params: a pytree, or a `flax.nnx.Module`, whose `nnx.Param`s are the parameters and whose
            other variables are the state.
        apply: (params, *inputs) -> output; with a state (params, state, *inputs) -> output, the
            next state. None: the module itself is called.
        loss: (params, batch) -> a scalar; with a state (params, state, batch) -> a scalar, the next
            state. None: none is compared.
        state: a pytree; None: there is none, or it is the module's.
        parameter_map: of the module, or of the params, or of {"params": params, "state": state}
            with the collections ("params", "state").
        weights: PyTorch's `state_dict`.

    Raises:
        InputError: a module comes with a state, or a pytree without `apply`.
        MapError: the map does not fit.
    """
    import jax

    if is_module(params):
        if state is not None:
            raise InputError("a flax.nnx.Module holds its state itself; leave out state")
        return _of_module(parameter_map.to_jax(weights, params, jax.numpy.array), apply, loss)
    if apply is None:
        raise InputError("a pytree of params needs apply: (params, *inputs) -> output")
    if state is None:
        return Ours(
            lambda params, state, inputs: (called(apply, (params,), inputs), state),
            loss and (lambda params, state, batch: (loss(params, batch), state)),
            parameter_map.to_jax(weights, params, jax.numpy.array),
            None,
            lambda params, state: params,
            lambda whole: whole,
        )
    both = parameter_map.to_jax(weights, {"params": params, "state": state}, jax.numpy.array)
    return Ours(
        lambda params, state, inputs: called(apply, (params, state), inputs),
        loss,
        both["params"],
        both["state"],
        lambda params, state: {"params": params} | ({} if state is None else {"state": state}),
        lambda whole: whole["params"],
    )


def _of_module(net: Any, apply: Callable[..., Any] | None, loss: Callable[..., Any] | None) -> Ours:
    from flax import nnx

    graphdef, params, rest = nnx.split(net, nnx.Param, ...)

    def run(function: Any, params: Any, rest: Any, *given: Any) -> tuple[Any, Any]:
        net = nnx.merge(graphdef, params, rest, copy=True)
        return function(net, *given), nnx.split(net, nnx.Param, ...)[2]

    call = apply or (lambda net, *inputs, **named: net(*inputs, **named))
    return Ours(
        lambda params, rest, inputs: run(lambda net: called(call, (net,), inputs), params, rest),
        loss and (lambda params, rest, batch: run(loss, params, rest, batch)),
        params,
        rest,
        lambda params, rest: params if rest is None else nnx.merge_state(params, rest),
        lambda whole: nnx.filter_state(whole, nnx.Param),
    )


def called(function: Callable[..., Any], first: tuple[Any, ...], inputs: Inputs) -> Any:
    """`function` on what comes first and the inputs, by name where they have names."""
    if isinstance(inputs, Mapping):
        return function(*first, **inputs)
    return function(*first, *inputs)


def as_tensors(tree: Any) -> Any:
    """Arrays as tensors, integers 64 bits wide, in dictionaries, lists and tuples.

    Tensors and what is no array stay as they are.
    """
    import numpy as np

    from jaxdl._torch import import_torch

    torch = import_torch()

    def tensor_of(leaf: Any) -> Any:
        if isinstance(leaf, torch.Tensor) or not hasattr(leaf, "dtype"):
            return leaf
        array = np.array(leaf)
        if array.dtype.name == "bfloat16":  # PyTorch has it, NumPy's arrays cannot carry it there
            return torch.from_numpy(array.astype(np.float32)).bfloat16()
        tensor = torch.from_numpy(array)
        return tensor.long() if array.dtype.kind in "iu" else tensor

    return mapped(tensor_of, tree)


def mapped(function: Callable[[Any], Any], tree: Any) -> Any:
    """A function of each leaf of dictionaries, lists and tuples, named ones, too."""
    if isinstance(tree, Mapping):
        return {key: mapped(function, value) for key, value in tree.items()}
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*(mapped(function, value) for value in tree))
    if isinstance(tree, list | tuple):
        return type(tree)(mapped(function, value) for value in tree)
    return function(tree)


def traced(function: Callable[..., Any], *arguments: Any) -> tuple[Any, list[Any]]:
    """A pure function's program, and the leaves of what it is of.

    Raises:
        InputError: it asks for a number while it is traced.
    """
    import jax

    leaves, form = jax.tree.flatten(arguments)
    try:
        closed = jax.make_jaxpr(lambda *given: function(*jax.tree.unflatten(form, given)))(*leaves)
    except (jax.errors.ConcretizationTypeError, jax.errors.TracerArrayConversionError) as error:
        told = str(error).splitlines()[0].rstrip(".:")
        raise InputError(
            "the JAX model cannot be traced, nor compiled by jax.jit: it asks for a number on the "
            f"way (float(), int(), .item(), if, np.asarray). JAX says: {told}"
        ) from None
    return closed, leaves


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """A pure function as one program, quickly compiled, that rounds wherever it says so."""
    import jax

    options = {"xla_backend_optimization_level": 0, "xla_allow_excess_precision": False}
    return jax.jit(function, compiler_options=options)


@contextmanager
def one_thread() -> Iterator[None]:
    """PyTorch on one thread: of many small operations several threads take longer."""
    import torch

    count = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(count)


@contextmanager
def untouched(model: Any, optimizer: Any = None) -> Iterator[None]:
    """The model's buffers, and PyTorch's random numbers, are in the end as they were.

    With an optimizer its state, the parameters and their gradients, too.
    """
    import torch

    buffers = {name: tensor.clone() for name, tensor in model.named_buffers()}
    parameters = list(model.parameters()) if optimizer is not None else []
    values = [(p.detach().clone(), p.grad) for p in parameters]
    state = deepcopy(optimizer.state_dict()) if optimizer is not None else None
    try:
        with torch.random.fork_rng(devices=[]):
            for p in parameters:
                p.grad = None
            yield
    finally:
        with torch.no_grad():
            for name, tensor in model.named_buffers():
                tensor.copy_(buffers[name])
            for p, (value, gradient) in zip(parameters, values, strict=True):
                p.copy_(value)
                p.grad = gradient
        if optimizer is not None:
            optimizer.load_state_dict(state)


def without_gradients(model: Any, inputs: Inputs) -> Any:
    """What a PyTorch model gives."""
    import torch

    with torch.no_grad():
        return called(model, (), inputs)


def leaves_of(output: Any) -> Iterator[Any]:
    """A PyTorch model's tensors in the order in which JAX has the leaves of such a tree."""
    if isinstance(output, Mapping):
        for key in sorted(output):
            yield from leaves_of(output[key])
    elif isinstance(output, list | tuple):
        for part in output:
            yield from leaves_of(part)
    elif output is not None:
        yield output
