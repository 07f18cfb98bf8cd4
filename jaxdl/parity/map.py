"""Parameter maps: which PyTorch tensor is which JAX leaf, and in what layout.

A map is data: an ordered list of layers, each tying a `state_dict` prefix to a pytree path by a
rule (`jaxdl.parity.rules`). The order of the layers is the order in which PyTorch's constructor
draws their initial values.

Both directions are total: a tensor that one side has and the other lacks, or whose shape does not
fit, is an error that names both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jaxdl.errors import InputError
from jaxdl.parity.leaves import named_leaves, with_leaves
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

    Args:
        layers: in the order in which PyTorch's constructor draws their initial values.
        tied: a `state_dict` name -> the name of the tensor that it is, too: JAX has one leaf, and
            no layer names the first.
        collections: first keys of a JAX path that the layers leave out: Linen keeps a layer's
            numbers in several, ("params", "batch_stats").
        redrawn: a `state_dict` name -> a standard deviation: what the script draws anew, around 0
            and in this order, once its layers are there.

    >>> import numpy as np
    >>> pair = ParameterMap((Layer("fc", "fc", LINEAR),))
    >>> params = {"fc": {"kernel": np.ones((3, 2)), "bias": np.zeros(2)}}
    >>> {name: tensor.shape for name, tensor in pair.to_torch(params).items()}
    {'fc.weight': (2, 3), 'fc.bias': (2,)}
    """

    layers: tuple[Layer, ...]
    tied: Mapping[str, str] = field(default_factory=dict)
    collections: tuple[str, ...] = ()
    redrawn: Mapping[str, float] = field(default_factory=dict)

    def to_jax(
        self,
        state_dict: Mapping[str, Any],
        like: Any,
        array: Callable[[np.ndarray], Any] | None = None,
    ) -> Any:
        """Carry PyTorch's tensors over.

        Args:
            state_dict: NumPy arrays or tensors under PyTorch's names (parameters and buffers, or
                gradients under the names of their parameters).
            like: what the numbers are for, for its structure and shapes: a pytree, such as the
                functional program's own initial parameters, also of `jax.ShapeDtypeStruct`s; a
                `flax.nnx.State`; a `flax.nnx.Module`; Linen's variables; an Equinox module.
            array: makes a leaf of a view of PyTorch's memory, which it must copy, such as
                `jax.numpy.array`; None: `numpy.array`.

        Returns:
            The same as `like` with arrays of `state_dict`'s dtypes; a module as a new one.

        Raises:
            MapError: a tensor is missing, left over or of another shape on either side, or two that
                are tied differ.
        """
        import numpy as np

        left = {name: as_array(tensor) for name, tensor in state_dict.items()}
        self._take_tied(left)
        wanted = named_leaves(like, self.collections)
        blank = {name: _blank(leaf) for name, leaf in wanted.items()}
        shapes = {name: tensor.shape for name, tensor in self._tensors(blank).items()}
        found: dict[str, Any] = {}
        for layer in self.layers:
            tensors = self._take(layer, layer.torch, layer.rule.torch, left, "the state_dict")
            for name in layer.rule.torch_only:
                left.pop(_join(layer.torch, name), None)
            for name, tensor in tensors.items():
                key = _join(layer.torch, name)
                if tensor.shape != shapes.get(key):
                    raise MapError(
                        f"the state_dict's {key!r} has shape {tensor.shape}; the JAX parameters at "
                        f"{layer.jax!r} want {shapes.get(key, 'no such tensor')} by the rule "
                        f"{layer.rule.name!r}"
                    )
            leaves = layer.rule.to_jax(tensors)
            # Copies: a layer that updates an array in place must not write into PyTorch's tensor.
            copy = array or np.array
            found |= {_join(layer.jax, name): copy(leaf) for name, leaf in leaves.items()}
        if left:
            raise MapError(f"no layer of the map takes the state_dict's {_some(left)}")
        if missing := wanted.keys() - found.keys():
            raise MapError(f"no layer of the map gives the JAX parameters' {_some(missing)}")
        return with_leaves(like, found, self.collections)

    def to_torch(self, params: Any, *, partial: bool = False) -> Tensors:
        """Carry a JAX model's numbers over to a `state_dict` of NumPy arrays, in the map's order.

        What PyTorch alone has (`Rule.torch_only`) is not in it.

        Args:
            params: in any of the forms above.
            partial: layers may be missing, as they are in the gradient of a part of the model.

        Raises:
            MapError: a leaf is missing from `params`, no layer of the map takes it, or its shape is
                not one of the rule's.
        """
        import numpy as np

        leaves = named_leaves(params, self.collections)
        arrays = {name: np.asarray(leaf) for name, leaf in leaves.items()}
        found = self._tensors(arrays, partial=partial)
        return found | {name: found[owner] for name, owner in self.tied.items() if owner in found}

    def _tensors(self, left: Tensors, *, partial: bool = False) -> Tensors:
        """PyTorch's tensors of these leaves, tied ones once; nothing may be left of `left`."""
        found: Tensors = {}
        for layer in self.layers:
            if partial and not any(_join(layer.jax, name) in left for name in layer.rule.jax):
                continue
            leaves = self._take(layer, layer.jax, layer.rule.jax, left, "the JAX parameters")
            _check_shapes(layer, {name: leaf.shape for name, leaf in leaves.items()})
            found |= {
                _join(layer.torch, name): tensor
                for name, tensor in layer.rule.to_torch(leaves).items()
            }
        if left:
            raise MapError(f"no layer of the map takes the JAX parameters' {_some(left)}")
        return found

    def _take_tied(self, left: Tensors) -> None:
        """Take out of `left` what is another tensor's second name."""
        for name, owner in self.tied.items():
            tensor = left.pop(name, None)
            if tensor is None or owner not in left:  # gradients come under one name
                continue
            same = tensor.shape == left[owner].shape and tensor.tobytes() == left[owner].tobytes()
            if not same:
                raise MapError(
                    f"the state_dict's {name!r} and {owner!r} differ; the map says that they are "
                    "tied, and JAX keeps them as one leaf"
                )

    def draw(self, generator: Any, like: Any) -> Any:
        """Initial parameters as PyTorch's constructors draw them, layer by layer, without PyTorch.

        And then, in the order of `redrawn`, as `torch.nn.init.normal_` does.

        Args:
            generator: a `jaxdl.replay.Generator`; it is advanced.
            like: pytree of the functional program's own initial parameters: gives the shapes, and
                the values of layers that PyTorch does not draw either.

        Returns:
            A pytree structured as `like`.
        """
        tensors = {
            name: tensor for name, tensor in self.to_torch(like).items() if name not in self.tied
        }
        for layer in self.layers:
            if layer.rule.draw is None:
                continue
            names = {name: _join(layer.torch, name) for name in layer.rule.torch}
            shapes = {name: tensors[key].shape for name, key in names.items() if key in tensors}
            drawn = layer.rule.draw(generator, shapes)
            tensors |= {names[name]: tensor for name, tensor in drawn.items()}
        for name, std in self.redrawn.items():
            tensors[name] = generator.normal(tensors[name].shape, std=std)
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


def as_array(tensor: Any) -> np.ndarray:
    """A tensor as NumPy has it, without a copy where that can be; bfloat16 by `ml_dtypes`."""
    import numpy as np

    if not hasattr(tensor, "detach"):
        return np.asarray(tensor)
    tensor = tensor.detach().cpu()
    if str(tensor.dtype) == "torch.bfloat16":
        import ml_dtypes
        import torch

        return tensor.view(torch.int16).numpy().view(ml_dtypes.bfloat16)
    return tensor.resolve_conj().resolve_neg().numpy()


def _blank(leaf: Any) -> np.ndarray:
    """An array of the leaf's shape and type that takes no room."""
    import numpy as np

    shape, dtype = np.shape(leaf), getattr(leaf, "dtype", np.float32)
    return np.broadcast_to(np.zeros((), dtype), shape)


def _some(names: Any) -> str:
    names = sorted(names)
    return (", ".join(map(repr, names[:6])) or "nothing") + (" …" if len(names) > 6 else "")
