"""Normalisations: a scale, a bias, and the running statistics of those that have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jaxdl.parity.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = {
    "weight": "scale",
    "bias": "bias",
    "running_mean": "mean",
    "running_var": "var",
    "num_batches_tracked": "count",
}


def _norm(name: str, *names: str, **options: Any) -> Rule:
    """Numbers that stand as they are, any of which a layer may lack."""
    new = {key: NAMES[key] for key in names}
    old = {leaf: key for key, leaf in new.items()}
    return Rule(
        name,
        torch=tuple(new),
        jax=tuple(old),
        to_jax=lambda tensors: {new[key]: tensor for key, tensor in tensors.items()},
        to_torch=lambda leaves: {old[key]: leaf for key, leaf in leaves.items()},
        optional=new,
        **options,
    )


AFFINE = ("weight", "bias")
RUNNING = (*AFFINE, "running_mean", "running_var")
AXES: Mapping[str, Any] = dict.fromkeys(("scale", "bias", "mean", "var"), ("features",))

BATCH_NORM = _norm("batch norm", *RUNNING, axes=AXES, torch_only=("num_batches_tracked",))
"""Scale, bias and running statistics. Flax's running variance is the biased one: the same numbers,
that go elsewhere. PyTorch's count of batches is left out."""
BATCH_NORM_COUNTED = _norm("batch norm with a count", *NAMES, axes={**AXES, "count": ()})
"""Ours with momentum None, which averages over all batches so far and so counts them."""
INSTANCE_NORM = _norm("instance norm", *RUNNING, axes=AXES, torch_only=("num_batches_tracked",))
"""Scale, bias and running statistics, where the layer has them."""
GROUP_NORM = _norm("group norm", *AFFINE, axes=AXES)
"""Scale and bias, (features,)."""
LAYER_NORM = _norm("layer norm", *AFFINE)  # of any shape
"""Scale and bias, of any shape."""
RMS_NORM = _norm("rms norm", "weight")
"""The scale alone."""
