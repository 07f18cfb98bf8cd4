"""The Transformer's two layers as PyTorch defines them."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from flax.typing import Dtype
from jaxtyping import Array, Bool, Float

from jaxdl.nn.cells import AnyArray
from jaxdl.nn.checks import check_dropout
from jaxdl.nn.dropouts import dropout
from jaxdl.nn.linear import Linear
from jaxdl.nn.multihead_attention import Mask, MultiheadAttention
from jaxdl.nn.norm import LayerNorm

Keep = Mapping[str, Bool[AnyArray, "..."]] | None
ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "relu": jax.nn.relu,
    "gelu": lambda x: jax.nn.gelu(x, approximate=False),
}


class _Layer(nnx.Module):
    """What both layers have in common: two linear layers, and where norms and dropouts stand."""

    def __init__(
        self,
        num_heads: int,
        in_features: int,
        hidden_features: int = 2048,
        *,
        attentions: tuple[str, ...],
        dropout_rate: float = 0.1,
        activation: str | Callable[[Array], Array] = "relu",
        epsilon: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        use_bias: bool = True,
        dtype: Dtype | None = None,
        param_dtype: Dtype = jnp.float32,
        rngs: nnx.Rngs,
    ):
        check_dropout(dropout_rate)
        if not callable(activation) and activation not in ACTIVATIONS:
            raise ValueError(f"activation must be 'relu', 'gelu' or callable, got {activation!r}")
        options: dict[str, Any] = {
            "use_bias": use_bias,
            "dtype": dtype,
            "param_dtype": param_dtype,
            "rngs": rngs,
        }
        for name in attentions:
            attention = MultiheadAttention(
                num_heads,
                in_features,
                batch_first=batch_first,
                dropout_rate=dropout_rate,
                **options,
            )
            setattr(self, name, attention)
        self.linear1 = Linear(in_features, hidden_features, **options)
        self.linear2 = Linear(hidden_features, in_features, **options)
        for number in range(1, len(attentions) + 2):
            setattr(self, f"norm{number}", LayerNorm(in_features, epsilon=epsilon, **options))
        self.norm_first, self.dropout_rate, self.activation = norm_first, dropout_rate, activation

    def _around(
        self, x: Array, number: int, part: Callable[[Array], Array], drop: Callable[..., Array]
    ) -> Array:
        """x and what a part adds to it, the norm before the part or after the sum."""
        norm = getattr(self, f"norm{number}")
        if self.norm_first:
            return x + drop(f"dropout{number}", part(norm(x)))
        return norm(x + drop(f"dropout{number}", part(x)))

    def _attend(
        self, name: str, drop: "_Drop", x: Array, memory: Array, mask: Mask, padding: Mask
    ) -> Array:
        output, _ = getattr(self, name)(
            x,
            memory,
            attn_mask=mask,
            key_padding_mask=padding,
            need_weights=False,
            **drop.of_weights(name),
        )
        return output

    def _feed(self, drop: "_Drop", x: Array) -> Array:
        chosen = self.activation
        activation = chosen if callable(chosen) else ACTIVATIONS[chosen]
        return self.linear2(drop("dropout", activation(self.linear1(x))))


class _Drop:
    """The dropouts of one call, by PyTorch's names."""

    def __init__(self, rate: float, keep: Keep, key: Any, names: tuple[str, ...]):
        self.rate, self.keep = rate, dict(keep or {})
        keys = () if key is None else jax.random.split(key, len(names))
        self.keys = dict(zip(names, keys, strict=key is not None))
        if unknown := self.keep.keys() - set(names):
            raise ValueError(f"keep has {sorted(unknown)}; the layer's dropouts are {list(names)}")

    def __call__(self, name: str, x: Array) -> Array:
        return dropout(x, self.rate, keep=self.keep.get(name), key=self.keys.get(name))

    def of_weights(self, name: str) -> dict[str, Any]:
        return {"keep": self.keep.get(name), "dropout_key": self.keys.get(name)}


class TransformerEncoderLayer(_Layer):
    """Attention of a sequence to itself, then two linear layers; each is added to what it saw.

    Args:
        num_heads: PyTorch's nhead; must divide in_features.
        in_features: numbers in a position, PyTorch's d_model.
        hidden_features: numbers between the two linear layers, PyTorch's dim_feedforward.
        dropout_rate: of the attention's weights, between the linear layers, and of what is added,
            in calls that are given masks or a key.
        activation: "relu", "gelu" (the exact one), or a function.
        epsilon: of the norms.
        batch_first: x is (batch, positions, features), not (positions, batch, features).
        norm_first: the norms stand before the parts, and not behind the sums.
        use_bias: of the linear layers, the attention and the norms.
        dtype, param_dtype, rngs: as in `Linear`.

    References:
        Vaswani et al., Attention Is All You Need, NeurIPS 2017. Equals
        `torch.nn.TransformerEncoderLayer`. Initial values are PyTorch's.
    """

    DROPOUTS = ("self_attn", "dropout", "dropout1", "dropout2")

    def __init__(
        self,
        num_heads: int,
        in_features: int,
        hidden_features: int = 2048,
        *,
        rngs: nnx.Rngs,
        **options: Any,
    ):
        super().__init__(
            num_heads, in_features, hidden_features, attentions=("self_attn",), rngs=rngs, **options
        )

    def __call__(
        self,
        x: Float[AnyArray, "..."],
        mask: Mask = None,
        key_padding_mask: Mask = None,
        *,
        keep: Keep = None,
        key: Any = None,
    ) -> Float[Array, "..."]:
        """What the layer makes of x, of its shape.

        Args:
            x: the sequences, or one without a batch.
            mask, key_padding_mask: as in `MultiheadAttention`; True hides.
            keep: masks of the dropouts by PyTorch's names: self_attn (the weights, (batch, heads,
                queries, keys)), dropout, dropout1, dropout2. None, and no key: evaluation.
            key: draws those that `keep` has not.
        """
        x, drop = jnp.asarray(x), _Drop(self.dropout_rate, keep, key, self.DROPOUTS)
        attend = lambda y: self._attend("self_attn", drop, y, y, mask, key_padding_mask)  # noqa: E731
        x = self._around(x, 1, attend, drop)
        return self._around(x, 2, lambda y: self._feed(drop, y), drop)


class TransformerDecoderLayer(_Layer):
    """As the encoder's layer, with attention to the encoder's output between its two parts.

    Args:
        num_heads, in_features, hidden_features, dropout_rate, activation, epsilon, batch_first,
            norm_first, use_bias, dtype, param_dtype, rngs: as in `TransformerEncoderLayer`.

    References:
        Equals `torch.nn.TransformerDecoderLayer`.
    """

    DROPOUTS = ("self_attn", "multihead_attn", "dropout", "dropout1", "dropout2", "dropout3")

    def __init__(
        self,
        num_heads: int,
        in_features: int,
        hidden_features: int = 2048,
        *,
        rngs: nnx.Rngs,
        **options: Any,
    ):
        attentions = ("self_attn", "multihead_attn")
        super().__init__(
            num_heads, in_features, hidden_features, attentions=attentions, rngs=rngs, **options
        )

    def __call__(
        self,
        x: Float[AnyArray, "..."],
        memory: Float[AnyArray, "..."],
        mask: Mask = None,
        memory_mask: Mask = None,
        key_padding_mask: Mask = None,
        memory_key_padding_mask: Mask = None,
        *,
        keep: Keep = None,
        key: Any = None,
    ) -> Float[Array, "..."]:
        """What the layer makes of x and the encoder's output, of x's shape.

        Args:
            x: the sequences, or one without a batch.
            memory: the encoder's output.
            mask, key_padding_mask: for the attention to x, as in `MultiheadAttention`.
            memory_mask, memory_key_padding_mask: for the attention to the memory.
            keep: as in `TransformerEncoderLayer`, and multihead_attn, dropout3.
            key: draws those that `keep` has not.
        """
        x, memory = jnp.asarray(x), jnp.asarray(memory)
        drop = _Drop(self.dropout_rate, keep, key, self.DROPOUTS)

        def to_itself(y: Array) -> Array:
            return self._attend("self_attn", drop, y, y, mask, key_padding_mask)

        def to_memory(y: Array) -> Array:
            return self._attend(
                "multihead_attn", drop, y, memory, memory_mask, memory_key_padding_mask
            )

        x = self._around(x, 1, to_itself, drop)
        x = self._around(x, 2, to_memory, drop)
        return self._around(x, 3, lambda y: self._feed(drop, y), drop)
