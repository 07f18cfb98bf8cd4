"""Sequences of different lengths in few shapes: a compiled branch for each of a few widths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from jaxdl.train.epoch import Step
from jaxdl.train.state import TrainState


def bucketed(step: Step, widths: Sequence[int]) -> Step:
    """A step that computes no more columns of padding than its batch's bucket has.

    The bucket is the narrowest of `widths` that holds the longest sequence of the batch. `step` is
    traced once for each of them, all branches stand in one compiled program, and the device
    chooses (`jax.lax.switch`): whatever lengths come, nothing is compiled anew.

    Args:
        step: pure, (state, batch) -> (state, loss), for sequences of any width. The batch's first
            column, integers (n, width), holds the sequences, padded with 0; `step` itself sees to
            it that padding does not count.
        widths: ascending; the last one is the width that the data have.

    Returns:
        The same step up to rounding; the same object only for the same call, so keep it.

    Raises:
        ValueError: `widths` do not ascend, or, when the step is traced, do not end with the
            batch's own width.
    """
    widths = tuple(widths)
    if not widths or list(widths) != sorted(set(widths)) or widths[0] < 1:
        raise ValueError(f"widths must ascend from 1 or more, got {widths}")

    def at(width: int) -> Step:
        return lambda state, batch: step(state, (batch[0][:, :width], *batch[1:]))

    branches = [at(width) for width in widths]

    def in_bucket(state: TrainState, batch: Any) -> Any:
        sequences = batch[0]
        if sequences.shape[1] != widths[-1]:
            raise ValueError(
                f"the batch is {sequences.shape[1]} wide, the last bucket {widths[-1]}"
            )
        used = jnp.any(sequences > 0, axis=0)  # (width,): does any sequence reach this column
        # A bucket is too narrow if any column beyond it is used.
        too_narrow = jnp.stack([jnp.any(used[width:]) for width in widths])
        return jax.lax.switch(jnp.sum(too_narrow, dtype=jnp.int32), branches, state, batch)

    return in_bucket
