"""Parameter maps: which PyTorch tensor is which JAX leaf, and in what layout.

A map is data: an ordered list of layers, each tying a `state_dict` prefix to a pytree path by a
rule. A rule names the tensors a kind of layer has on either side and turns one side into the other;
new kinds of layers (normalisation, attention) are further rules, not further code.
The order of the layers is the order in which PyTorch's constructor draws their initial values.

Rules are linear and invertible, so the same map carries parameters and gradients, both ways, byte
for byte. Both directions are total: a tensor that one side has and the other lacks, or whose
shape does not fit, is an error that names both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jaxdl._tree import leaves_by_name
from jaxdl.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    Tensors = dict[str, np.ndarray]


class MapError(InputError):
    """A parameter map does not fit the two models it is to tie together."""


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


def _draw_linear(generator: Any, shapes: dict[str, tuple[int, ...]]) -> Tensors:
    from jaxdl import replay

    out_features, in_features = shapes["weight"]
    return replay.init.linear(generator, in_features, out_features, bias="bias" in shapes)


def _draw_conv2d(generator: Any, shapes: dict[str, tuple[int, ...]]) -> Tensors:
    from jaxdl import replay

    # With groups the second axis is in_channels / groups, and all that a draw depends on.
    out_channels, in_channels, height, width = shapes["weight"]
    bias = "bias" in shapes
    return replay.init.conv2d(generator, in_channels, out_channels, (height, width), bias=bias)


def _kernel_and_bias(
    name: str,
    to_jax: Callable[[np.ndarray], np.ndarray],
    to_torch: Callable[[np.ndarray], np.ndarray],
    draw: Callable[[Any, dict[str, tuple[int, ...]]], Tensors],
) -> Rule:
    """A layer of weight and bias; JAX calls the weight kernel and keeps it in another layout."""
    new, old = {"weight": "kernel", "bias": "bias"}, {"kernel": "weight", "bias": "bias"}
    return Rule(
        name,
        torch=("weight", "bias"),
        jax=("kernel", "bias"),
        to_jax=lambda tensors: {
            new[key]: to_jax(tensor) if key == "weight" else tensor
            for key, tensor in tensors.items()
        },
        to_torch=lambda leaves: {
            old[key]: to_torch(leaf) if key == "kernel" else leaf for key, leaf in leaves.items()
        },
        optional={"bias": "bias"},
        draw=draw,
    )


# y = xWᵀ + b with W (out, in)  <->  y = xK + b with K (in, out)
LINEAR = _kernel_and_bias("linear", lambda w: w.T, lambda k: k.T, _draw_linear)

# OIHW over NCHW images  <->  HWIO over NHWC images
CONV2D = _kernel_and_bias(
    "conv2d", lambda w: w.transpose(2, 3, 1, 0), lambda k: k.transpose(3, 2, 0, 1), _draw_conv2d
)


def linear_after_flatten(channels: int, height: int, width: int) -> Rule:
    """The rule of the first Linear after an image was flattened.

    PyTorch flattens (C, H, W), JAX (H, W, C): the rows of the kernel stand in another order.

    Args:
        channels, height, width: of the image that is flattened.
    """

    def to_jax(weight: np.ndarray) -> np.ndarray:  # (out, C·H·W) -> (H·W·C, out)
        image = weight.reshape(-1, channels, height, width)
        return image.transpose(2, 3, 1, 0).reshape(channels * height * width, -1)

    def to_torch(kernel: np.ndarray) -> np.ndarray:  # (H·W·C, out) -> (out, C·H·W)
        image = kernel.reshape(height, width, channels, -1)
        return image.transpose(3, 2, 0, 1).reshape(-1, channels * height * width)

    name = f"linear after flatten of {channels}×{height}×{width}"
    return _kernel_and_bias(name, to_jax, to_torch, _draw_linear)


SCALAR = Rule(
    "scalar",  # torch.tensor([1.0]) of shape (1,)  <->  jnp.float32(1.0) of shape ()
    torch=("",),
    jax=("",),
    to_jax=lambda tensors: {"": tensors[""].reshape(())},
    to_torch=lambda leaves: {"": leaves[""].reshape((1,))},
    optional={},
)


def _draw_embedding(generator: Any, shapes: dict[str, tuple[int, ...]]) -> Tensors:
    from jaxdl import replay

    num_embeddings, embedding_dim = shapes["weight"]
    return replay.init.embedding(generator, num_embeddings, embedding_dim)


EMBEDDING = Rule(
    "embedding",  # a row each: (num_embeddings, features) on both sides
    torch=("weight",),
    jax=("embedding",),
    to_jax=lambda tensors: {"embedding": tensors["weight"]},
    to_torch=lambda leaves: {"weight": leaves["embedding"]},
    optional={},
    draw=_draw_embedding,
)


def _recurrent(name: str, initialiser: str, cells: dict[str, str], **options: Any) -> Rule:
    """One recurrent cell or more. Both sides order the gates alike: every weight is a transpose.

    Args:
        name: of the rule.
        initialiser: the function in `jaxdl.replay.init`.
        cells: what PyTorch appends to a cell's names -> what JAX puts before them.
        options: what the initialiser takes besides the sizes and `bias`.
    """
    leaves = {
        "weight_ih": "kernel_ih",  # (gates·hidden, input)  <->  (input, gates·hidden)
        "weight_hh": "kernel_hh",
        "bias_ih": "bias_ih",  # .T of one axis is itself
        "bias_hh": "bias_hh",
    }
    new = {
        f"{tensor}{suffix}": f"{prefix}{leaf}"
        for suffix, prefix in cells.items()
        for tensor, leaf in leaves.items()
    }
    old = {leaf: tensor for tensor, leaf in new.items()}

    def draw(generator: Any, shapes: dict[str, tuple[int, ...]]) -> Tensors:
        from jaxdl import replay

        first = next(iter(cells))
        _, input_size = shapes[f"weight_ih{first}"]
        _, hidden_size = shapes[f"weight_hh{first}"]
        bias = f"bias_ih{first}" in shapes
        initialise = getattr(replay.init, initialiser)
        return initialise(generator, input_size, hidden_size, bias=bias, **options)

    return Rule(
        name,
        torch=tuple(new),
        jax=tuple(old),
        to_jax=lambda tensors: {new[key]: tensor.T for key, tensor in tensors.items()},
        to_torch=lambda leaves: {old[key]: leaf.T for key, leaf in leaves.items()},
        optional={tensor: leaf for tensor, leaf in new.items() if tensor.startswith("bias")},
        draw=draw,
    )


def _stack(kind: str, num_layers: int, bidirectional: bool) -> Rule:
    cells = {
        f"_l{layer}{direction}": f"l{layer}{direction}."
        for layer in range(num_layers)
        for direction in (("", "_reverse") if bidirectional else ("",))
    }
    name = f"{'bidirectional ' if bidirectional else ''}{kind} of {num_layers} layers"
    return _recurrent(name, kind, cells, num_layers=num_layers, bidirectional=bidirectional)


def rnn(num_layers: int = 1, bidirectional: bool = False) -> Rule:
    """The rule of `nn.RNN` and `jaxdl.nn.RNN`; the two arguments are theirs."""
    return _stack("rnn", num_layers, bidirectional)


def gru(num_layers: int = 1, bidirectional: bool = False) -> Rule:
    """The rule of `nn.GRU` and `jaxdl.nn.GRU`; the two arguments are theirs."""
    return _stack("gru", num_layers, bidirectional)


def lstm(num_layers: int = 1, bidirectional: bool = False) -> Rule:
    """The rule of `nn.LSTM` and `jaxdl.nn.LSTM`; the two arguments are theirs."""
    return _stack("lstm", num_layers, bidirectional)


RNN_CELL = _recurrent("rnn cell", "rnn_cell", {"": ""})
GRU_CELL = _recurrent("gru cell", "gru_cell", {"": ""})
LSTM_CELL = _recurrent("lstm cell", "lstm_cell", {"": ""})


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
            MapError: a leaf is missing from `params`, or no layer of the map takes it.
        """
        import numpy as np

        left = {name: np.asarray(leaf) for name, leaf in leaves_by_name(params).items()}
        found: Tensors = {}
        for layer in self.layers:
            leaves = self._take(layer, layer.jax, layer.rule.jax, left, "the JAX parameters")
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


def _some(names: Any) -> str:
    names = sorted(names)
    return (", ".join(map(repr, names[:6])) or "nothing") + (" …" if len(names) > 6 else "")
