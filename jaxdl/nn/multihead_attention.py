"""Multi-head attention as PyTorch defines it, with Flax's parameters."""

from typing import Any

import jax.numpy as jnp
from flax import nnx
from flax.nnx.nn.dtypes import promote_dtype
from flax.typing import Dtype, Initializer
from jaxtyping import Array, Bool, Float

from jaxdl.nn.attention import attention_weights, to_add
from jaxdl.nn.cells import AnyArray
from jaxdl.nn.checks import check_dropout, check_positive
from jaxdl.nn.dropouts import dropout
from jaxdl.nn.initial import uniform
from jaxdl.nn.moments import ZEROS, wide

Mask = Bool[AnyArray, "..."] | Float[AnyArray, "..."] | None


class MultiheadAttention(nnx.Module):
    """Attention in several heads: queries, keys and values are projected, and the output is.

    The parameters are those of `flax.nnx.MultiHeadAttention`: `query`, `key` and `value` with
    kernels (in, heads, size), `out` with a kernel (heads, size, out). What differs from Flax's
    layer: masks are PyTorch's, True hides; keys and values may have other sizes than queries; a
    further key, and one of zeros; the weights are given back, and computed in the precision of the
    inputs, where Flax's softmax is in float32 (5e-8 off in float64).

    Args:
        num_heads: must divide in_features.
        in_features: numbers in a query and in the output, PyTorch's embed_dim.
        key_features, value_features: numbers in a key and in a value, PyTorch's kdim and vdim;
            None: as in a query.
        use_bias: of all four projections.
        add_bias_kv: one key and one value more, behind the others, which are parameters:
            bias_k, bias_v (1, 1, in_features).
        add_zero_attn: one more, of zeros.
        batch_first: inputs and output are (batch, positions, features), not
            (positions, batch, features).
        dropout_rate: of the weights, in calls that are given a mask or a key.
        dtype: of the computation; None: what inputs and parameters promote to.
        param_dtype: of the parameters.
        kernel_init, out_kernel_init, bias_init: initialisers; None: PyTorch's, Glorot's uniform
            of the three kernels in one, U(-1/√in, 1/√in) of the output's, zeros.
        rngs: the initial values' random keys.

    References:
        Vaswani et al., Attention Is All You Need, NeurIPS 2017. Equals
        `torch.nn.MultiheadAttention`.
    """

    def __init__(
        self,
        num_heads: int,
        in_features: int,
        *,
        key_features: int | None = None,
        value_features: int | None = None,
        use_bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        batch_first: bool = False,
        dropout_rate: float = 0.0,
        dtype: Dtype | None = None,
        param_dtype: Dtype = jnp.float32,
        kernel_init: Initializer | None = None,
        out_kernel_init: Initializer | None = None,
        bias_init: Initializer = ZEROS,
        rngs: nnx.Rngs,
    ):
        check_positive(num_heads=num_heads, in_features=in_features)
        check_dropout(dropout_rate)
        if in_features % num_heads:
            raise ValueError(f"{num_heads} heads must divide in_features {in_features}")
        sizes = {
            "query": in_features,
            "key": in_features if key_features is None else key_features,
            "value": in_features if value_features is None else value_features,
        }
        packed = set(sizes.values()) == {in_features}  # PyTorch then draws one kernel of all three
        heads = (num_heads, in_features // num_heads)
        options: dict[str, Any] = {
            "use_bias": use_bias,
            "dtype": dtype,
            "param_dtype": param_dtype,
            "bias_init": bias_init,
            "rngs": rngs,
        }

        def project(name: str) -> nnx.LinearGeneral:
            size = sizes[name]
            bound = (6 / (size + in_features * (3 if packed else 1))) ** 0.5
            init = kernel_init or uniform(bound)
            return nnx.LinearGeneral(size, heads, kernel_init=init, **options)

        self.query, self.key, self.value = project("query"), project("key"), project("value")
        self.out = nnx.LinearGeneral(
            heads,
            in_features,
            axis=(-2, -1),
            kernel_init=out_kernel_init or uniform(in_features**-0.5),
            **options,
        )
        if add_bias_kv:
            normal = nnx.initializers.normal(in_features**-0.5)
            shape = (1, 1, in_features)
            self.bias_k = nnx.Param(normal(rngs.params(), shape, param_dtype))
            self.bias_v = nnx.Param(normal(rngs.params(), shape, param_dtype))
        self.num_heads, self.in_features = num_heads, in_features
        self.add_bias_kv, self.add_zero_attn = add_bias_kv, add_zero_attn
        self.batch_first, self.dropout_rate, self.dtype = batch_first, dropout_rate, dtype

    def __call__(
        self,
        query: Float[AnyArray, "... in"],
        key: Float[AnyArray, "... key"] | None = None,
        value: Float[AnyArray, "... value"] | None = None,
        *,
        key_padding_mask: Mask = None,
        attn_mask: Mask = None,
        need_weights: bool = True,
        average_attn_weights: bool = True,
        keep: Bool[AnyArray, "batch heads queries keys"] | None = None,
        dropout_key: Any = None,
    ) -> tuple[Float[Array, "... in"], Float[Array, "..."] | None]:
        """The output, laid out as the query, and the weights.

        Args:
            query, key, value: (positions, batch, features), with batch_first (batch, positions,
                features), or without a batch (positions, features); None: key as query, value as
                key.
            key_padding_mask: (batch, keys), or (keys,); True hides the key from every query, and
                numbers are added, -inf hides.
            attn_mask: (queries, keys), or (batch · heads, queries, keys); as before.
            need_weights: give the weights back. A query that sees no key gets NaN then, as in
                PyTorch, and otherwise the bias of the output.
            average_attn_weights: over the heads: (batch, queries, keys); else (batch, heads,
                queries, keys).
            keep, dropout_key: of the weights, as in `dropout`.

        Raises:
            ValueError: a shape does not fit.
        """
        key = query if key is None else key
        value = key if value is None else value
        query, key, value = promote_dtype(
            tuple(map(jnp.asarray, (query, key, value))), dtype=self.dtype
        )
        batched = query.ndim == 3
        if not {query.ndim, key.ndim, value.ndim} <= ({3} if batched else {2}):
            raise ValueError(
                f"query, key and value have shapes {query.shape}, {key.shape}, {value.shape}: "
                "all with a batch, or none"
            )
        if not batched:
            query, key, value = query[None], key[None], value[None]
        elif not self.batch_first:
            query, key, value = (array.swapaxes(0, 1) for array in (query, key, value))
        added = self._added(key_padding_mask, attn_mask, query, key, batched)
        # (batch, heads, positions, size)
        q, k, v = (
            jnp.moveaxis(project(array), -2, -3)
            for project, array in ((self.query, query), (self.key, key), (self.value, value))
        )
        k, v, added = self._further(k, v, added)
        weights = attention_weights(q, k, added, safe=not need_weights)
        weights = dropout(weights, self.dropout_rate, keep=keep, key=dropout_key)
        output = self.out(jnp.moveaxis(weights @ v, -3, -2))
        if average_attn_weights:
            weights = jnp.mean(weights, axis=1)
        if not batched:
            output, weights = output[0], weights[0]
        elif not self.batch_first:
            output = output.swapaxes(0, 1)
        return output, weights if need_weights else None

    def _added(
        self, padding: Mask, mask: Mask, query: Array, key: Array, batched: bool
    ) -> Array | None:
        """Both masks as numbers to add, (batch, heads or 1, queries, keys)."""
        (batch, queries, _), keys = query.shape, key.shape[1]
        added = None
        if mask is not None:
            mask = to_add(mask, wide(query.dtype), sees=False)
            shapes = ((queries, keys), (batch * self.num_heads, queries, keys))
            if mask.shape not in shapes:
                raise ValueError(
                    f"attn_mask has shape {mask.shape}, expected {shapes[0]} or {shapes[1]}"
                )
            heads = (1, 1) if mask.ndim == 2 else (batch, self.num_heads)
            added = mask.reshape(*heads, queries, keys)
        if padding is not None:
            padding = to_add(padding, wide(query.dtype), sees=False)
            shape = (batch, keys) if batched else (keys,)
            if padding.shape != shape:
                raise ValueError(f"key_padding_mask has shape {padding.shape}, expected {shape}")
            padding = padding.reshape(batch, 1, 1, keys)
            added = padding if added is None else added + padding
        return added

    def _further(
        self, k: Array, v: Array, added: Array | None
    ) -> tuple[Array, Array, Array | None]:
        """Keys and values with those behind them, which no mask hides."""
        batch, heads, _, size = k.shape
        further = []
        if self.add_bias_kv:
            further.append((self.bias_k[...], self.bias_v[...]))
        if self.add_zero_attn:
            further.append((jnp.zeros((1, 1, heads * size), k.dtype),) * 2)
        for pair in further:
            one_k, one_v = (
                jnp.broadcast_to(
                    p.astype(k.dtype).reshape(1, heads, 1, size), (batch, heads, 1, size)
                )
                for p in pair
            )
            k, v = jnp.concatenate([k, one_k], axis=2), jnp.concatenate([v, one_v], axis=2)
            if added is not None:
                added = jnp.pad(added, ((0, 0),) * 3 + ((0, 1),))
        return k, v, added
