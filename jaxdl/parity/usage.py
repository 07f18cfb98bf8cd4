"""In which order two programs come to their parameters, and what they flatten on the way."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from jaxdl.parity.calls import recorded
from jaxdl.parity.leaves import named_leaves, with_leaves
from jaxdl.parity.sides import Inputs, called, without_gradients

Shape = tuple[int, ...]
PASSING = {  # what comes out is the parameter still
    "transpose",
    "reshape",
    "convert_element_type",
    "broadcast_in_dim",
    "squeeze",
    "copy",
    "rev",
    "slice",
    "pjit",
    "jit",
    "custom_jvp_call",
    "copy_p",
    "split",
}


def order_of_calls(module: Any, inputs: Inputs) -> tuple[list[str], dict[str, Shape]]:
    """The layers in the order in which PyTorch first calls them; the image that each flattens.

    A linear layer's image is the last result of three axes or more, the batch apart, that has as
    many numbers as the layer takes.
    """
    order: dict[str, None] = {}

    def look(name: str) -> Any:
        return lambda *_: order.setdefault(name)

    hooks = [
        layer.register_forward_hook(look(name)) for name, layer in module.named_modules() if name
    ]
    try:
        calls, _ = recorded(module, lambda: without_gradients(module, inputs))
    finally:
        for hook in hooks:
            hook.remove()
    images: list[Shape] = []
    flattened: dict[str, Shape] = {}
    for call in calls:
        if call.name == "linear" and call.args[0].ndim == 2:
            same = [image for image in images if math.prod(image) == call.args[0].shape[1]]
            if same:
                flattened[call.module] = same[-1]
        images += [tuple(t.shape[1:]) for t in call.outputs if t.ndim in (3, 4, 5)]
    return list(order), flattened


def order_of_use(
    apply: Callable[..., Any], model: Any, inputs: Inputs, collections: tuple[str, ...]
) -> list[str]:
    """The leaves in the order in which the JAX program first uses them."""
    import jax

    names = named_leaves(model, collections)
    arrays = {
        name: jax.numpy.asarray(leaf) if not hasattr(leaf, "shape") else leaf
        for name, leaf in names.items()
    }

    def run(leaves: dict[str, Any], inputs: Any) -> Any:
        return called(apply, (with_leaves(model, leaves, collections),), inputs)

    closed = jax.make_jaxpr(run)(arrays, inputs)
    order = sorted(arrays)  # as a dictionary is flattened
    number = {var: order[k] for k, var in enumerate(closed.jaxpr.invars[: len(order)])}
    uses: list[str] = []
    _uses(closed.jaxpr, number, uses)
    return uses


def _uses(jaxpr: Any, known: dict[Any, str], uses: list[str]) -> None:
    """Append the names of known variables as equations take them, those inside calls, too."""
    from jax.extend.core import Literal

    for eqn in jaxpr.eqns:
        inner = [sub for value in eqn.params.values() for sub in _jaxprs(value)]
        for sub in inner:
            shift = len(eqn.invars) - len(sub.invars)
            pairs = zip(sub.invars, eqn.invars[max(shift, 0) :], strict=False)
            below = {v: known[a] for v, a in pairs if not isinstance(a, Literal) and a in known}
            _uses(sub, below, uses)
        for atom in eqn.invars:
            if not isinstance(atom, Literal) and atom in known and known[atom] not in uses:
                uses.append(known[atom])
        for var in eqn.outvars:  # a cast or a transposed kernel is the kernel still
            sources = [known[a] for a in eqn.invars if not isinstance(a, Literal) and a in known]
            if eqn.primitive.name in PASSING and sources:
                known[var] = sources[0]


def _jaxprs(value: Any) -> Iterator[Any]:
    for part in value if isinstance(value, tuple | list) else (value,):
        if hasattr(part, "jaxpr"):
            yield part.jaxpr
        elif hasattr(part, "eqns"):
            yield part
