"""What a rule is: how one kind of layer keeps its tensors in PyTorch and in JAX.

Rules are linear and invertible, so that the same rule carries parameters and gradients, both ways,
byte for byte. The rules themselves are in `jaxdl.parity.rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Tensors = dict[str, np.ndarray]


@dataclass(frozen=True)
class Rule:
    """How one kind of layer keeps its parameters in PyTorch and in JAX.

    Args:
        name: the kind of layer, as error messages call it.
        torch: PyTorch's tensor names below the layer's prefix; "" is the prefix itself.
        jax: JAX's leaf names below the layer's path; "" is the path itself.
        to_jax: takes the PyTorch tensors by name and gives the JAX leaves by name.
        to_torch: its exact inverse.
        optional: PyTorch names that a layer may lack (`bias=False`), with the JAX leaf of each.
        draw: PyTorch's default initialisation: takes a `jaxdl.replay.Generator` and the PyTorch
            shapes by name, gives the PyTorch tensors by name. None: nothing is drawn, the
            functional program's own initial value stands.
    """

    name: str
    torch: tuple[str, ...]
    jax: tuple[str, ...]
    to_jax: Callable[[Tensors], Tensors]
    to_torch: Callable[[Tensors], Tensors]
    optional: Mapping[str, str]
    draw: Callable[[Any, dict[str, tuple[int, ...]]], Tensors] | None = None
