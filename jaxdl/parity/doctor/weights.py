"""A port's own converter: what it makes of PyTorch's weights, leaf by leaf."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jaxdl.parity.doctor.arrays import how, same, taken_from
from jaxdl.parity.doctor.diagnosis import Diagnosis, Pair
from jaxdl.parity.leaves import is_module, named_leaves
from jaxdl.parity.sides import PARTS

if TYPE_CHECKING:
    import numpy as np

    Arrays = dict[str, np.ndarray]


def weights(converted: Any, start: Any, model: Any, inputs: Any, pair: Pair) -> Diagnosis | None:
    """The first leaf that is not what the map makes of PyTorch's tensors; None: all are.

    Args:
        converted: the JAX model's params, filled; a `flax.nnx.Module`; or {"params": …,
            "state": …}.
        start: the JAX model's params as they were before.
        model: PyTorch's as the user has it.
        inputs: what the JAX model is called with.
        pair: both models, the JAX one with what the map gives.
    """
    import numpy as np

    mine, collections = pair.mine, pair.parameter_map.collections
    both = isinstance(converted, Mapping) and set(converted) == set(PARTS)
    whole = mine.whole(mine.params, mine.state if both or is_module(converted) else None)
    wanted = _arrays(named_leaves(whole, collections))
    given = named_leaves(converted, collections if both else ())
    narrow = {name: leaf for name, leaf in given.items() if _narrow(leaf)}
    given = _arrays(given)
    before = _arrays(named_leaves(start)) if start is not None else {}
    places = places_of(pair, wanted)
    if missing := [name for name in wanted if name not in given]:
        told = places.get(missing[0], missing[0])
        return Diagnosis("weights", told, "it is missing", "convert every tensor", certain=True)
    wide = any(p.dtype.itemsize == 8 for p in model.parameters() if p.is_floating_point())
    wrong: list[tuple[str, str]] = []
    for name in [*places, *(name for name in wanted if name not in places)]:
        array = wanted[name]
        close = 3e-7 if name in narrow or not wide else 1e-12
        if not same(given[name], array, close):
            wrong.append((name, _why(name, given, wanted, before, pair)))
    if not wrong:
        return None
    if _moved({n for n, _ in wrong}, given, wanted, pair) and _same_output(converted, pair, inputs):
        return None
    name, cause = wrong[0]
    alike = {other for other, why in wrong if why == cause}
    explained = all(why for _, why in wrong)
    place = ", ".join(dict.fromkeys(places.get(n, n) for n, _ in wrong[:3]))
    if len(wrong) > 3:
        place += f" and {len(wrong) - 3} more"
    floats = {n for n, a in wanted.items() if a.size > 1 and not np.array_equal(a, a.round())}
    if len(alike) > 1 and alike >= floats & {n for n, _ in wrong} and len(alike) >= len(floats):
        place = f"every parameter: {place}"
    others = [f"{places.get(n, n)}: {why}" for n, why in wrong[1:4] if _axis(why) != _axis(cause)]
    told = "; ".join([cause, *others]) if cause else ""
    return Diagnosis(
        "weights", place, told, f"what the map gives: {name!r} by its rule", certain=explained
    )


def _moved(wrong: set[str], given: Arrays, wanted: Arrays, pair: Pair) -> bool:
    """Vectors of one layer have their sum, as biases that are added to one another may."""
    import numpy as np

    for layer in pair.parameter_map.layers:
        here = {n for n in wrong if n.startswith(f"{layer.jax}.") or not layer.jax}
        if not here:
            continue
        arrays = [given[n] for n in here]
        shapes = {array.shape for array in arrays}
        if len(here) < 2 or len(shapes) > 1 or arrays[0].ndim != 1:
            return False
        if not same(np.sum(arrays, 0), np.sum([wanted[n] for n in here], 0)):
            return False
        wrong = wrong - here
    return not wrong


def _same_output(converted: Any, pair: Pair, inputs: Any) -> bool:
    """The JAX model computes the same with either."""
    import jax
    import numpy as np

    mine = pair.mine
    if is_module(converted):
        return False
    both = isinstance(converted, Mapping) and set(converted) == set(PARTS)
    params, state = (converted[p] for p in PARTS) if both else (converted, mine.state)
    pairs = (mine.params, mine.state), (params, state)
    wide = jax.tree.map(lambda new, old: np.asarray(new, np.asarray(old).dtype), pairs[1], pairs[0])
    outputs = [jax.tree.leaves(mine.apply(p, s, inputs)[0]) for p, s in (pairs[0], wide)]
    return all(same(np.asarray(b), np.asarray(a), 1e-6) for a, b in zip(*outputs, strict=True))


def _axis(cause: str) -> str:
    """A cause, whatever the axis: a kernel and its bias have another."""
    import re

    return re.sub(r"axis \d", "axis", cause)


def _narrow(leaf: Any) -> bool:
    dtype = getattr(leaf, "dtype", None)
    return dtype is not None and dtype.itemsize < 8


def _arrays(leaves: Mapping[str, Any]) -> Arrays:
    import numpy as np

    return {name: np.asarray(leaf).astype(np.float64) for name, leaf in leaves.items()}


def places_of(pair: Pair, leaves: Mapping[str, np.ndarray]) -> dict[str, str]:
    """Each leaf's tensors by PyTorch's names: "lstm.bias_ih_l0 + lstm.bias_hh_l0"."""
    import numpy as np

    places: dict[str, str] = {}
    for layer in pair.parameter_map.layers:
        names = [".".join(p for p in (layer.jax, n) if p) for n in layer.rule.jax]
        here = {n: leaves[full] for n, full in zip(layer.rule.jax, names, strict=True)
                if full in leaves}  # fmt: skip
        for name, full in zip(layer.rule.jax, names, strict=True):
            if name not in here:
                continue
            marked = {n: np.full(a.shape, float(n == name)) for n, a in here.items()}
            found = layer.rule.to_torch(marked)
            hit = [n for n, tensor in found.items() if np.asarray(tensor).any()]
            told = [".".join(part for part in (layer.torch, n) if part) for n in hit]
            places[full] = " + ".join(told) or full
    return places


def _why(name: str, given: Arrays, wanted: Arrays, before: Arrays, pair: Pair) -> str:
    """What a converter did to a leaf."""
    array, right = given[name], wanted[name]
    start = before.get(name)
    constant = array.size > 1 and (array == array.flat[0]).all()
    if start is not None and same(array, start) and not constant:
        return "it is left at its start value: never filled"
    told = how(array, right)
    if told and not told.startswith(("the rows", "its shape")):
        start_too = start is not None and same(array, start)
        return f"{told}, left at its start value" if start_too and constant else told
    rest = {other: tensor for other, tensor in wanted.items() if other != name}
    for other, change in taken_from(array, rest):
        back = any(n == name for n, _ in taken_from(given[other], {name: right}))
        tail = f" ({change})" if change else ""
        if back and not same(given[other], wanted[other]):
            return f"its numbers are exchanged with those of {other}{tail}"
        return f"it has the numbers of {other}{tail}"
    return _parts(name, array, pair) or told


def _parts(name: str, array: np.ndarray, pair: Pair) -> str:
    """A leaf that should be the sum of tensors is made of some, or has one too many."""
    import numpy as np

    mine, parameter_map = pair.mine, pair.parameter_map
    tensors = {n: np.asarray(t.detach().numpy()) for n, t in pair.model.state_dict().items()}

    def leaf(state_dict: Mapping[str, np.ndarray]) -> np.ndarray:
        like = mine.whole(mine.params, mine.state)
        made = parameter_map.to_jax(state_dict, like)
        found = named_leaves(made, parameter_map.collections)
        return np.asarray(found[name], np.float64)

    whole = leaf(tensors)
    parts = {}
    for n, tensor in tensors.items():
        if n in parameter_map.tied or n in parameter_map.tied.values():
            continue
        without = leaf(tensors | {n: np.zeros_like(tensor)})
        if not np.array_equal(without, whole):
            parts[n] = whole - without
    if len(parts) > 1:
        for n, part in parts.items():
            if same(array, part):
                rest = " and ".join(other for other in parts if other != n)
                return f"it is {n} alone: {rest} is left out"
            if same(array, whole + part):
                return f"{n} is added twice"
        for n, part in parts.items():
            told = how(array, part)
            if told and not told.startswith(("the rows", "its shape")):
                return f"it is {n} alone, and {told}"
        total = sum(parts.values())
        if same(array, np.asarray(total / len(parts))):
            return "it is the mean of the tensors that should be added"
    for n, tensor in tensors.items():
        if n not in parts and tensor.shape == whole.shape and same(array, whole + tensor):
            return f"{n} is added to it, too"
    return ""
