"""A table of vectors, one for each of a number of things: letters, words."""

import jax
import jax.numpy as jnp
from flax import nnx
from jax.typing import DTypeLike
from jaxtyping import Array, Float, Int


class Embedding(nnx.Module):
    """Row x of a table: the same as one_hot(x) @ table, without the product.

    Initial values are drawn from N(0, 1), as PyTorch's; `flax.nnx.Embed` draws smaller ones, and
    gives out the precision that it was built with, whatever the table's is at the call.

    Args:
        num_embeddings: rows of the table.
        features: numbers in a row.
        param_dtype: of the table.
        rngs: the initial values' random keys.

    References:
        Equals `torch.nn.Embedding`.
    """

    def __init__(
        self,
        num_embeddings: int,
        features: int,
        *,
        param_dtype: DTypeLike = jnp.float32,
        rngs: nnx.Rngs,
    ):
        shape = (num_embeddings, features)
        self.embedding = nnx.Param(jax.random.normal(rngs.params(), shape, param_dtype))

    def __call__(self, x: Int[Array, "*shape"]) -> Float[Array, "*shape features"]:
        """The rows; NaN where there is no such row, since a compiled program cannot raise."""
        return jnp.take(self.embedding[...], x, axis=0, mode="fill", fill_value=jnp.nan)
