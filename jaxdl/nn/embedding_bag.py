"""Sums, means and maxima of a table's rows, bag by bag."""

from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from flax.typing import Dtype, Initializer
from jaxtyping import Array, Float, Int

from jaxdl.nn.cells import AnyArray
from jaxdl.nn.embedding import (
    Embedding,
    gradient_share,
    rows_of,
    scale_gradient,
    shortened,
)

MODES = ("sum", "mean", "max")


class EmbeddingBag(Embedding):
    """One vector for each bag of numbers: the sum, the mean or the maximum of their rows.

    An empty bag is zeros. Of equal maxima the first gets the gradient.

    Args:
        num_embeddings, features: as in `Embedding`.
        mode: "mean", "sum" or "max".
        padding_idx: a row that counts in no bag; no gradient moves it.
        include_last_offset: the last of the offsets is where the last bag ends.
        max_norm, norm_type, dtype, param_dtype, embedding_init, rngs: as in `Embedding`.

    References:
        Equals `torch.nn.EmbeddingBag`, but for scale_grad_by_freq, which this layer has not:
        PyTorch 2.13 divides on a CPU by how often another row was asked for.
    """

    def __init__(
        self,
        num_embeddings: int,
        features: int,
        *,
        mode: str = "mean",
        padding_idx: int | None = None,
        include_last_offset: bool = False,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        dtype: Dtype | None = None,
        param_dtype: Dtype = jnp.float32,
        embedding_init: Initializer | None = None,
        rngs: nnx.Rngs,
    ):
        if mode not in MODES:
            raise ValueError(f"mode must be one of {MODES}, got {mode!r}")
        super().__init__(
            num_embeddings,
            features,
            padding_idx=padding_idx,
            max_norm=max_norm,
            norm_type=norm_type,
            dtype=dtype,
            param_dtype=param_dtype,
            embedding_init=embedding_init,
            rngs=rngs,
        )
        self.mode, self.include_last_offset = mode, include_last_offset

    def __call__(  # pyright: ignore[reportIncompatibleMethodOverride] (bags, not rows)
        self,
        inputs: Int[AnyArray, "bags size"] | Int[AnyArray, " numbers"],
        offsets: Int[AnyArray, " bags"] | None = None,
        per_sample_weights: Float[AnyArray, "..."] | None = None,
    ) -> Float[Array, "bags features"]:
        """A vector for each bag.

        Args:
            inputs: (bags, size), or the numbers of all bags one after the other.
            offsets: then, where each bag begins, from 0 on, in order.
            per_sample_weights: of inputs' shape: each row is multiplied by its own; "sum" alone.

        Raises:
            ValueError: shapes do not fit, or weights were given to another mode.
        """
        inputs = jnp.asarray(inputs)
        if not jnp.issubdtype(inputs.dtype, jnp.integer):
            raise ValueError(f"inputs must be integers, got {inputs.dtype}")
        if inputs.ndim not in (1, 2) or (inputs.ndim == 1) != (offsets is not None):
            raise ValueError(
                f"inputs of shape {inputs.shape} are (bags, size), or (numbers,) with offsets"
            )
        if per_sample_weights is not None and self.mode != "sum":
            raise ValueError(f"per_sample_weights go with the mode 'sum', not {self.mode!r}")
        bag, bags = self._bags(inputs, offsets)
        inputs = inputs.reshape(-1)
        table = rows_of(self)
        if self.max_norm is not None:
            table = shortened(table, inputs, self.max_norm, self.norm_type)
        options = {"mode": "fill", "fill_value": jnp.nan, "wrap_negative_indices": False}
        rows = table.at[inputs].get(**options)  # (numbers, features)
        if (share := gradient_share(inputs, self)) is not None:
            rows = scale_gradient(rows, share[:, None])
        counts = jnp.ones(inputs.shape, bool)
        if self.padding_idx is not None:
            counts = inputs != self.padding_idx
        bag = jnp.where(counts, bag, bags)  # what counts in no bag is dropped
        if per_sample_weights is not None:
            weights = jnp.asarray(per_sample_weights).reshape(-1).astype(rows.dtype)
            rows = rows * weights[:, None]
        if self.mode == "max":
            return _maximum(rows, bag, bags)
        total = jnp.zeros((bags, self.features), rows.dtype).at[bag].add(rows, mode="drop")
        if self.mode == "sum":
            return total
        number = jnp.zeros(bags, rows.dtype).at[bag].add(1, mode="drop")
        return total / jnp.maximum(number, 1)[:, None]

    def _bags(self, inputs: Array, offsets: Any) -> tuple[Array, int]:
        """In which bag each number is, and how many bags there are."""
        if offsets is None:
            bags, size = inputs.shape
            return jnp.repeat(jnp.arange(bags), size), bags
        offsets = jnp.asarray(offsets)
        if offsets.ndim != 1 or not jnp.issubdtype(offsets.dtype, jnp.integer):
            raise ValueError(f"offsets are integers (bags,), got {offsets.dtype} {offsets.shape}")
        place = jnp.arange(len(inputs), dtype=offsets.dtype)
        bag = jnp.searchsorted(offsets, place, side="right") - 1
        return bag, len(offsets) - self.include_last_offset


def _maximum(rows: Array, bag: Array, bags: int) -> Array:
    """The maximum of each bag; of equal ones the first row's."""
    frozen = jax.lax.stop_gradient(rows)
    low = jnp.full((bags, rows.shape[1]), -jnp.inf, rows.dtype)
    best = low.at[bag].max(frozen, mode="drop")
    ours = frozen == best.at[bag].get(mode="fill", fill_value=jnp.nan)
    place = jnp.broadcast_to(jnp.arange(len(rows))[:, None], rows.shape)
    none = jnp.full(best.shape, len(rows))
    first = none.at[bag].min(jnp.where(ours, place, len(rows)), mode="drop")  # (bags, features)
    there = first < len(rows)
    taken = jnp.take_along_axis(rows, jnp.where(there, first, 0), axis=0)
    return jnp.where(there, taken, 0)
