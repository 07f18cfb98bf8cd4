"""Weights from PyTorch into a JAX model, the parameter map found by structure.

A layer of PyTorch and a place in the JAX model belong together where a rule carries the one's
tensors into the other's leaves, by name and shape. Where several places would do, equal names
decide, then what is left over, then, with inputs, the order in which the two programs come to
them. Where shapes leave a choice of layout (a square matrix, a kernel after a flattened image), the
outputs decide: the choice that makes them equal is right. What nothing decides is an
error that says what would settle it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaxdl.parity.leaves import named_leaves
from jaxdl.parity.map import Layer, ParameterMap, as_array
from jaxdl.parity.sides import (
    Inputs,
    as_tensors,
    called,
    leaves_of,
    untouched,
    without_gradients,
)
from jaxdl.parity.structure import Search
from jaxdl.parity.tolerances import relative_error
from jaxdl.parity.usage import order_of_calls, order_of_use
from jaxdl.parity.weights import read_weights

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.parity.rule import Rule

TRIALS = 256
"""So many choices of layouts are tried on the outputs, at most."""
NEAR = 1e-3
"""Outputs whose relative difference is smaller come of the same layout; another gives about 1."""


@dataclass(frozen=True)
class Converted:
    """A JAX model with PyTorch's numbers.

    Args:
        params: as the JAX model that was given, with other numbers.
        parameter_map: how; it carries gradients, and `parameter_map.to_torch(params)` goes back.
        how: PyTorch's layer -> what decided its place: "given", "name", "shape", "order of use",
            and "output" where that decided the layout.
        output_error: of the two models on the inputs; None: there were none.
    """

    params: Any
    parameter_map: ParameterMap
    how: dict[str, str]
    output_error: float | None = None


def convert(
    torch_model: Any,
    jax_model: Any,
    *,
    pairs: Mapping[str, str] | None = None,
    rules: Mapping[str, Rule] | None = None,
    inputs: Inputs | None = None,
    apply: Callable[..., Any] | None = None,
    torch_inputs: Inputs | None = None,
    collections: tuple[str, ...] | None = None,
) -> Converted:
    """Carry a PyTorch model's parameters and buffers into a JAX model.

    Args:
        torch_model: a `torch.nn.Module`, a `state_dict`, or the path of a `.safetensors` file or of
            a `.pt` file with weights alone.
        jax_model: for its structure and shapes: a `flax.nnx.Module`, a `flax.nnx.State`, Linen's
            variables, an Equinox module, a pytree, or any of these of `jax.ShapeDtypeStruct`s.
        pairs: PyTorch's prefix -> the path in the JAX model, where one is to be given.
        rules: PyTorch's prefix -> its rule, where one is to be given.
        inputs: what both models are called with: a sequence, or a mapping of named ones; needs a
            `torch.nn.Module`.
        apply: (params, *inputs) -> output of the JAX model; an `nnx.Module` needs none.
        torch_inputs: what PyTorch's model is called with, where it has another layout.
        collections: first keys that are no part of a leaf's name; None: Linen's, where its are.

    Raises:
        MapError: what belongs together is not clear, or something is left over on either side; the
            message names the layers of both sides, and what would settle it.
        InputError: the file cannot be read.
    """
    import numpy as np

    module = torch_model if hasattr(torch_model, "named_modules") else None
    state = _state_dict(torch_model)
    tied = _tied(module) if module is not None else {}
    collections = _collections(jax_model) if collections is None else collections
    leaves = named_leaves(jax_model, collections)
    theirs = {name: tensor.shape for name, tensor in state.items() if name not in tied}
    ours = {name: tuple(np.shape(leaf)) for name, leaf in leaves.items()}

    search = Search(theirs, ours, module, dict(rules or {}), tied)
    run = (apply or _call(jax_model)) if inputs is not None and module is not None else None
    calls: list[str] = []
    inputs = () if inputs is None else inputs
    tensors = as_tensors(inputs if torch_inputs is None else torch_inputs)
    if run:
        with untouched(module):
            calls, flattened = order_of_calls(module, tensors)
        search.may_be_flattened(flattened)
    search.given(dict(pairs or {}))
    search.equal_names()
    search.only_choice()
    if search.open and run:
        search.order(calls, order_of_use(run, jax_model, inputs, collections))
        search.only_choice()
    search.must_be_settled()
    search.keep_as_it_stands()

    maps = (ParameterMap(layers, tied, collections) for layers in _choices(search.layers()))
    if not run:
        search.must_have_one_layout()
        found, error = next(maps), None
    else:
        with untouched(module):
            wanted = list(leaves_of(without_gradients(module, tensors)))
        found, error = _by_output(maps, state, jax_model, run, inputs, wanted)
        several = [prefix for prefix, layers in search.layers().items() if len(layers) > 1]
        if error < NEAR:
            search.how |= dict.fromkeys(several, "output")
    return Converted(found.to_jax(state, jax_model), found, search.how, error)


def _choices(layers: Mapping[str, Sequence[Layer]]) -> Iterator[tuple[Layer, ...]]:
    yield from islice(product(*layers.values()), TRIALS)


def _by_output(
    maps: Iterator[ParameterMap],
    state: dict[str, np.ndarray],
    model: Any,
    apply: Callable[..., Any],
    inputs: Inputs,
    wanted: Any,
) -> tuple[ParameterMap, float]:
    """The map with which the two models give the same, else the first; and its error."""
    first: tuple[ParameterMap, float] | None = None
    for parameter_map in maps:
        output = called(apply, (parameter_map.to_jax(state, model),), inputs)
        found = parameter_map, output_error(output, wanted)
        if found[1] < NEAR:
            return found
        first = first or found
    assert first is not None
    return first


def output_error(ours: Any, theirs: Any) -> float:
    """The largest relative error of a JAX output and PyTorch's leaves; infinite: other shapes."""
    import jax
    import numpy as np

    arrays = [np.asarray(x) for x in jax.tree.leaves(ours)]
    tensors = [as_array(x) for x in theirs]
    if [x.shape for x in arrays] != [x.shape for x in tensors]:
        return float("inf")
    pairs = zip(arrays, tensors, strict=True)
    return max((relative_error(a, b) for a, b in pairs), default=0.0)


def _call(model: Any) -> Callable[..., Any] | None:
    """How a model is called that is a function itself: a `flax.nnx.Module`, an Equinox module."""
    return (lambda net, *inputs, **named: net(*inputs, **named)) if callable(model) else None


def _state_dict(model: Any) -> dict[str, np.ndarray]:
    if isinstance(model, str | Path):
        return read_weights(model)
    state = model.state_dict() if hasattr(model, "state_dict") else model
    return {name: as_array(tensor) for name, tensor in state.items()}


def _tied(module: Any) -> dict[str, str]:
    """Second names of one parameter -> its first."""
    first: dict[int, str] = {}
    tied: dict[str, str] = {}
    for name, tensor in module.state_dict(keep_vars=True).items():
        owner = first.setdefault(id(tensor), name)
        if owner != name:
            tied[name] = owner
    return tied


def _collections(model: Any) -> tuple[str, ...]:
    """Linen's: the keys of a mapping of mappings of which one is "params"."""
    if not isinstance(model, Mapping) or "params" not in model:
        return ()
    return tuple(model) if all(isinstance(part, Mapping) for part in model.values()) else ()
