"""What the optimisers share: checked arguments, the gradient's preparation, bias correction."""

import math

import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Int


def check_nonnegative(**arguments: float) -> None:
    """Raise ValueError naming the first argument that is negative or not a number."""
    for name, value in arguments.items():
        if not value >= 0:
            raise ValueError(f"{name} must be at least 0, got {value}")


def check_betas(betas: tuple[float, float]) -> None:
    """Raise ValueError unless both decay rates lie in [0, 1)."""
    if not all(0 <= beta < 1 for beta in betas):
        raise ValueError(f"betas must lie in [0, 1), got {betas}")


def prepare_gradient(
    weight_decay: float = 0.0, maximize: bool = False
) -> optax.GradientTransformation:
    """PyTorch's two steps before every rule: g ← -g to maximise, then g ← g + weight_decay·θ."""
    return optax.chain(
        optax.scale(-1.0) if maximize else optax.identity(),
        optax.add_decayed_weights(weight_decay) if weight_decay else optax.identity(),
    )


def bias_correction(beta: float, step: Int[Array, ""]) -> Float[Array, ""]:
    """1 - βᵗ in the default float dtype, as accurate as PyTorch's, which is a Python float.

    Written as -expm1(t·log β): in float32 the plain form cancels, and for β = 0.999 and t = 1 is
    wrong by 1e-5 of its value.
    """
    step = step.astype(float)
    return -jnp.expm1(step * math.log(beta)) if beta else jnp.ones_like(step)
