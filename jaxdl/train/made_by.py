"""What computes a run: versions, and a hash of what the step computes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxdl import __version__
from jaxdl._environment import versions
from jaxdl.train.state import TrainState


def made_by(step: Callable[..., Any], state: TrainState, batch: Any) -> dict[str, str]:
    """The versions that a step's numbers depend on, and "step": the hash of what it computes.

    Args:
        step: traced, neither compiled nor run.
        state, batch: what it takes, or their shapes.
    """
    known = {"jaxdl": __version__} | versions("jax")
    return known | {"step": program_hash(step, state, batch)}


def program_hash(step: Callable[..., Any], state: TrainState, batch: Any) -> str:
    """Of what the step computes; the same in every process."""
    traced = jax.make_jaxpr(step)(state, batch)
    found = hashlib.sha256(re.sub(r" at 0x[0-9a-f]+", "", str(traced)).encode())
    for constant in traced.consts:
        if not is_key(constant):
            found.update(np.asarray(constant).tobytes())
    return found.hexdigest()[:16]


def differences(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """What differs, of what is known of both, in words; "" where nothing does."""
    words = [
        "the step computes something else" if name == "step" else f"{name} was {old[name]}"
        for name in new
        if name in old and old[name] != new[name]
    ]
    return f"since the checkpoint {' and '.join(words)}" if words else ""


def is_key(leaf: Any) -> bool:
    """Whether a leaf is a typed random key, which NumPy does not have."""
    return isinstance(leaf, jax.Array) and jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key)
