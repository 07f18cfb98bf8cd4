"""What a rule is: how one kind of layer keeps its tensors in PyTorch and in JAX.

Rules are linear and invertible, so that the same rule carries parameters and gradients, both ways,
byte for byte. The rules themselves are in `jaxdl.parity.rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np

    Tensors = dict[str, np.ndarray]

Axis: TypeAlias = "int | str | tuple[int, str]"


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
        axes: by JAX leaf name what its axes are: a size, or a name, or some times a name. Axes of
            one name have one size in the layer. A leaf without an entry may have any shape.
        torch_only: PyTorch names that a layer may have and JAX keeps nothing of, such as
            BatchNorm's `num_batches_tracked`: taken, and carried nowhere.
    """

    name: str
    torch: tuple[str, ...]
    jax: tuple[str, ...]
    to_jax: Callable[[Tensors], Tensors]
    to_torch: Callable[[Tensors], Tensors]
    optional: Mapping[str, str]
    draw: Callable[[Any, dict[str, tuple[int, ...]]], Tensors] | None = None
    axes: Mapping[str, tuple[Axis, ...]] = field(default_factory=dict)
    torch_only: tuple[str, ...] = ()

    def misfit(self, shapes: Mapping[str, tuple[int, ...]]) -> tuple[str, str] | None:
        """The first JAX leaf whose shape is not that of `axes`, and what is wanted; None: all fit.

        Args:
            shapes: of the JAX leaves by name.
        """
        sizes: dict[str, int] = {}
        for name, shape in shapes.items():
            axes = self.axes.get(name)
            if axes is None:
                continue
            if len(shape) != len(axes):
                return name, _written(axes, {})
            for size, axis in zip(shape, axes, strict=True):
                times, label = axis if isinstance(axis, tuple) else (1, axis)
                if isinstance(label, str):
                    whole, rest = divmod(size, times)
                    fits = not rest and sizes.setdefault(label, whole) == whole
                else:
                    fits = size == label
                if not fits:
                    return name, _written(axes, sizes)
        return None


def _written(axes: tuple[Axis, ...], sizes: Mapping[str, int]) -> str:
    """(in, 3·hidden), with the sizes that are known."""
    parts = []
    for axis in axes:
        times, label = axis if isinstance(axis, tuple) else (1, axis)
        known = sizes.get(label) if isinstance(label, str) else None
        name = f"{times}·{label}" if times > 1 else str(label)
        parts.append(name if known is None else f"{name} = {times * known}")
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
