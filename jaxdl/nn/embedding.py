"""A table of vectors, one for each of a number of things: letters, words."""

from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from flax.typing import Dtype, Initializer
from jaxtyping import Array, Float, Int

from jaxdl.nn.cells import AnyArray
from jaxdl.nn.checks import check_positive
from jaxdl.nn.initial import normal


class Embedding(nnx.Embed):
    """Row x of a table: the same as one_hot(x) @ table, without the product.

    Initial values are drawn from N(0, 1), as PyTorch's; `flax.nnx.Embed` draws smaller ones, gives
    out the precision that it was built with, whatever the table's is at the call, counts numbers
    below 0 from the end, and has an only row stand for every number.

    Args:
        num_embeddings: rows of the table.
        features: numbers in a row.
        padding_idx: a row that no gradient moves, and that begins as zeros; below 0 it is counted
            from the end.
        max_norm: what is given out of a longer row is shortened to this norm; the table stays as
            it was, whereas PyTorch writes the shorter row back (`shortened`).
        norm_type: of that norm.
        scale_grad_by_freq: the gradient of a row is divided by how often it was asked for.
        dtype: of what is given out; None: the table's.
        param_dtype: of the table.
        embedding_init: an initialiser; None: PyTorch's.
        rngs: the initial values' random keys.
        options: what else `flax.nnx.Embed` takes.

    References:
        Equals `torch.nn.Embedding`.
    """

    def __init__(
        self,
        num_embeddings: int,
        features: int,
        *,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        dtype: Dtype | None = None,
        param_dtype: Dtype = jnp.float32,
        embedding_init: Initializer | None = None,
        rngs: nnx.Rngs,
        **options: Any,
    ):
        check_positive(num_embeddings=num_embeddings, features=features)
        super().__init__(
            num_embeddings,
            features,
            param_dtype=param_dtype,
            embedding_init=embedding_init or normal,
            rngs=rngs,
            **options,
        )
        self.dtype = dtype  # Flax puts the table's where none is given
        self.padding_idx = checked_padding(padding_idx, num_embeddings)
        self.max_norm, self.norm_type = max_norm, norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        if self.padding_idx is not None:
            self.embedding[...] = self.embedding[...].at[self.padding_idx].set(0)

    def __call__(
        self, inputs: Int[AnyArray, "*shape"] | int, out_sharding: Any = None
    ) -> Float[Array, "*shape features"]:
        """The rows; NaN where there is no such row, for numbers below 0, too.

        There PyTorch raises, which a compiled program cannot.

        Raises:
            ValueError: the inputs are no integers.
        """
        inputs = jnp.asarray(inputs)
        if not jnp.issubdtype(inputs.dtype, jnp.integer):
            raise ValueError(f"inputs must be integers, got {inputs.dtype}")
        table = rows_of(self)
        if self.max_norm is not None:
            table = shortened(table, inputs, self.max_norm, self.norm_type)
        options = {"mode": "fill", "fill_value": jnp.nan, "wrap_negative_indices": False}
        rows = table.at[inputs].get(**options, out_sharding=out_sharding)
        share = gradient_share(inputs, self)
        return rows if share is None else scale_gradient(rows, share[..., None])


def checked_padding(padding_idx: int | None, num_embeddings: int) -> int | None:
    """The row, counted from the first; ValueError if there is none such."""
    if padding_idx is None:
        return None
    if not -num_embeddings <= padding_idx < num_embeddings:
        raise ValueError(f"padding_idx {padding_idx} is not one of {num_embeddings} rows")
    return padding_idx % num_embeddings


def gradient_share(inputs: Array, layer: Any) -> Array | None:
    """By what the gradient of each looked-up row is multiplied; None: by 1 all of them."""
    share = None
    if layer.scale_grad_by_freq:
        # As often as each was asked for, in all of the call.
        count = jnp.zeros(layer.num_embeddings, layer.embedding.dtype).at[inputs].add(1)
        share = 1 / jnp.maximum(count[inputs], 1)
    if layer.padding_idx is not None:
        share = jnp.ones(inputs.shape, layer.embedding.dtype) if share is None else share
        share = jnp.where(inputs == layer.padding_idx, 0, share)
    return share


def scale_gradient(x: Array, factor: Array) -> Array:
    """x, and its gradient times a factor."""
    scaled = x * jnp.broadcast_to(factor, x.shape).astype(x.dtype)
    return jax.lax.stop_gradient(x) + (scaled - jax.lax.stop_gradient(scaled))


def shortened(
    table: Float[Array, "num_embeddings features"],
    inputs: Int[AnyArray, "*shape"],
    max_norm: float,
    norm_type: float = 2.0,
) -> Float[Array, "num_embeddings features"]:
    """The table in which the rows asked for are no longer than max_norm.

    The gradient goes through as if nothing was shortened, as PyTorch's does.

    Args:
        table: a row each.
        inputs: numbers of rows.
        max_norm, norm_type: a longer row is multiplied by max_norm / (norm + 1e-7).

    References:
        Equals what `torch.nn.functional.embedding` leaves in its weight.
    """
    rows = jax.lax.stop_gradient(table)
    norms = jnp.linalg.norm(rows, norm_type, axis=-1)
    asked = jnp.zeros(len(rows), bool).at[jnp.asarray(inputs)].set(True)
    factor = jnp.where(asked & (norms > max_norm), max_norm / (norms + 1e-7), 1)
    return table + (rows * factor[:, None].astype(rows.dtype) - rows)


def rows_of(embedding: nnx.Embed) -> Float[Array, "num_embeddings features"]:
    """The table, in the dtype that the layer gives out."""
    table = (embedding.embedding[...],)
    (rows,) = embedding.promote_dtype(table, dtype=embedding.dtype, inexact=False)
    return rows
