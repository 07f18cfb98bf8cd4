"""A table of vectors, one for each of a number of things: letters, words."""

from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from flax.typing import Dtype, Initializer
from jaxtyping import Array, Float, Int

from jaxdl.nn.cells import AnyArray
from jaxdl.nn.checks import check_positive


class Embedding(nnx.Embed):
    """Row x of a table: the same as one_hot(x) @ table, without the product.

    Initial values are drawn from N(0, 1), as PyTorch's; `flax.nnx.Embed` draws smaller ones, gives
    out the precision that it was built with, whatever the table's is at the call, counts numbers
    below 0 from the end, and has an only row stand for every number.

    Args:
        num_embeddings: rows of the table.
        features: numbers in a row.
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
            embedding_init=embedding_init or jax.random.normal,
            rngs=rngs,
            **options,
        )
        self.dtype = dtype  # Flax puts the table's where none is given

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
        rows = rows_of(self).at[inputs]
        options = {"mode": "fill", "fill_value": jnp.nan, "wrap_negative_indices": False}
        return rows.get(**options, out_sharding=out_sharding)


def rows_of(embedding: nnx.Embed) -> Float[Array, "num_embeddings features"]:
    """The table, in the dtype that the layer gives out."""
    table = (embedding.embedding[...],)
    (rows,) = embedding.promote_dtype(table, dtype=embedding.dtype, inexact=False)
    return rows
