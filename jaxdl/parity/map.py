"""Parameter maps: which PyTorch tensor is which JAX leaf, and in what layout.

A map is data: an ordered list of layers, each tying a `state_dict` prefix to a pytree path by a
rule (`jaxdl.parity.rules`). The order of the layers is the order in which PyTorch's constructor
draws their initial values.

Both directions are total: a tensor that one side has and the other lacks, or whose shape does not
fit, is an error that names both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jaxdl._tree import leaves_by_name
from jaxdl.errors import InputError
from jaxdl.parity.rule import Rule
from jaxdl.parity.rules import LINEAR

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.parity.rule import Tensors


class MapError(InputError):
    """A parameter map does not fit the two models it is to tie together."""


@dataclass(frozen=True)
class Layer:
    """One layer of a map.

    Args:
        torch: prefix in the `state_dict`, such as "linear1" or "block.0.conv".
        jax: dotted path in the pytree, such as "linear1" or "layers.0"; "" is the pytree itself.
        rule: how the two keep their parameters.
    """

    torch: str
    jax: str
    rule: Rule = LINEAR


def _join(prefix: str, name: str) -> str:
    return ".".join(part for part in (prefix, name) if part)


@dataclass(frozen=True)
class ParameterMap:
    """Ties every tensor of a PyTorch `state_dict` to a leaf of a JAX pytree.

    >>> import numpy as np
    >>> pair = ParameterMap((Layer("fc", "fc", LINEAR),))
    >>> params = {"fc": {"kernel": np.ones((3, 2)), "bias": np.zeros(2)}}
    >>> {name: tensor.shape for name, tensor in pair.to_torch(params).items()}
    {'fc.weight': (2, 3), 'fc.bias': (2,)}
    """

    layers: tuple[Layer, ...]

    def to_jax(self, state_dict: Mapping[str, np.ndarray], like: Any) -> Any:
        """Carry PyTorch's tensors over.

        Args:
            state_dict: NumPy arrays under PyTorch's names (parameters, or gradients under the names
                of their parameters).
            like: a pytree of the wanted structure and shapes, such as the functional program's own
                initial parameters.

        Returns:
            A pytree structured as `like`, of NumPy arrays of `state_dict`'s dtype.

        Raises:
            MapError: a tensor is missing, left over or of another shape on either side.
        """
        from jax.tree_util import tree_structure, tree_unflatten

        wanted = leaves_by_name(like)
        shapes = {name: tensor.shape for name, tensor in self.to_torch(like).items()}
        left = dict(state_dict)
        found: Tensors = {}
        for layer in self.layers:
            tensors = self._take(layer, layer.torch, layer.rule.torch, left, "the state_dict")
            for name, tensor in tensors.items():
                key = _join(layer.torch, name)
                if tensor.shape != shapes.get(key):
                    raise MapError(
                        f"the state_dict's {key!r} has shape {tensor.shape}; the JAX parameters at "
                        f"{layer.jax!r} want {shapes.get(key, 'no such tensor')} by the rule "
                        f"{layer.rule.name!r}"
                    )
            leaves = layer.rule.to_jax(tensors)
            found |= {_join(layer.jax, name): leaf for name, leaf in leaves.items()}
        if left:
            raise MapError(f"no layer of the map takes the state_dict's {_some(left)}")
        if missing := wanted.keys() - found.keys():
            raise MapError(f"no layer of the map gives the JAX parameters' {_some(missing)}")
        return tree_unflatten(tree_structure(like), [found[name] for name in wanted])

    def to_torch(self, params: Any) -> Tensors:
        """Carry a JAX pytree over to a `state_dict` of NumPy arrays, in the map's order.

        Raises:
            MapError: a leaf is missing from `params`, no layer of the map takes it, or its shape is
                not one of the rule's.
        """
        import numpy as np

        left = {name: np.asarray(leaf) for name, leaf in leaves_by_name(params).items()}
        found: Tensors = {}
        for layer in self.layers:
            leaves = self._take(layer, layer.jax, layer.rule.jax, left, "the JAX parameters")
            _check_shapes(layer, {name: leaf.shape for name, leaf in leaves.items()})
            found |= {
                _join(layer.torch, name): tensor
                for name, tensor in layer.rule.to_torch(leaves).items()
            }
        if left:
            raise MapError(f"no layer of the map takes the JAX parameters' {_some(left)}")
        return found

    def draw(self, generator: Any, like: Any) -> Any:
        """Initial parameters as PyTorch's constructors draw them, layer by layer, without PyTorch.

        Args:
            generator: a `jaxdl.replay.Generator`; it is advanced.
            like: pytree of the functional program's own initial parameters: gives the shapes, and
                the values of layers that PyTorch does not draw either.

        Returns:
            A pytree structured as `like`.
        """
        tensors = self.to_torch(like)
        for layer in self.layers:
            if layer.rule.draw is None:
                continue
            names = {name: _join(layer.torch, name) for name in layer.rule.torch}
            shapes = {name: tensors[key].shape for name, key in names.items() if key in tensors}
            drawn = layer.rule.draw(generator, shapes)
            tensors |= {names[name]: tensor for name, tensor in drawn.items()}
        return self.to_jax(tensors, like)

    def _take(
        self, layer: Layer, prefix: str, names: tuple[str, ...], left: Tensors, side: str
    ) -> Tensors:
        """The tensors of one layer, taken out of `left`."""
        optional = {*layer.rule.optional, *layer.rule.optional.values()}
        taken: Tensors = {}
        for name in names:
            key = _join(prefix, name)
            if key in left:
                taken[name] = left.pop(key)
            elif name not in optional:
                raise MapError(
                    f"{side} has no {key!r}, which the layer {layer.torch!r} (PyTorch), "
                    f"{layer.jax!r} (JAX) needs by the rule {layer.rule.name!r}; "
                    f"left: {_some(left)}"
                )
        return taken


def _check_shapes(layer: Layer, shapes: Mapping[str, tuple[int, ...]]) -> None:
    if misfit := layer.rule.misfit(shapes):
        name, wanted = misfit
        raise MapError(
            f"the JAX parameters' {_join(layer.jax, name)!r} has shape {shapes[name]}, expected "
            f"{wanted} by the rule {layer.rule.name!r}, for PyTorch's layer {layer.torch!r}"
        )


def _some(names: Any) -> str:
    names = sorted(names)
    return (", ".join(map(repr, names[:6])) or "nothing") + (" …" if len(names) > 6 else "")
