"""Negative log-likelihoods of counts and of normal variables, and the divergence of two
distributions."""

import math

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Shaped

from jaxdl.losses._common import (
    REDUCTIONS,
    AnyArray,
    broadcast,
    check_reduction,
    poison,
    reduce,
    together,
)


def poisson_nll_loss(
    input: Float[AnyArray, "..."],
    target: Shaped[AnyArray, "..."],
    *,
    log_input: bool = True,
    full: bool = False,
    eps: float = 1e-8,
    reduction: str = "mean",
) -> Float[Array, "..."]:
    """exp(input) - target · input; or, of the rate itself, input - target · log(input + eps).

    Args:
        input: the logarithm of the expected counts, or with `log_input=False` the counts expected.
        target: the counts seen; shapes are broadcast.
        log_input: whether input is a logarithm.
        full: add Stirling's target · log(target) - target + ½ log(2π · target) where target > 1.
        eps: against the logarithm of 0 where `log_input=False`.
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar; with "none" the shape that input and target have together.

    Raises:
        ValueError: an unknown reduction, shapes that do not fit.

    References:
        Equals `torch.nn.functional.poisson_nll_loss`, `torch.nn.PoissonNLLLoss`.
        Optax has no such loss.
    """
    input, target = together(input, target)
    input, target = broadcast(input=input, target=target)
    rate, log_rate = (jnp.exp(input), input) if log_input else (input, jnp.log(input + eps))
    loss = rate - target * log_rate
    if full:
        stirling = target * jnp.log(target) - target + 0.5 * jnp.log(2 * math.pi * target)
        loss = loss + jnp.where(target <= 1, jnp.zeros_like(stirling), stirling)
    return reduce(loss, reduction)


def gaussian_nll_loss(
    input: Float[AnyArray, "..."],
    target: Shaped[AnyArray, "..."],
    var: Float[AnyArray, "..."] | float,
    *,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Float[Array, "..."]:
    """½ (log(var) + (input - target)² / var), var at least eps.

    The gradient by var is taken as if it had not been raised to eps: it does not vanish there.

    Args:
        input: the expectations, of any shape.
        target: the values seen; broadcast with input.
        var: the variances: a number, or in input's shape, or without its last axis, or with one of
            its axes 1 long.
        full: add ½ log(2π).
        eps: the least variance.
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar; with "none" the shape of input; nan where a variance is negative, for which
        PyTorch raises an error.

    Raises:
        ValueError: a var that is negative, as a number, or in another shape; an unknown
            reduction, shapes that do not fit.

    References:
        Nix and Weigend, Estimating the mean and variance of the target probability distribution,
        1994. Equals `torch.nn.functional.gaussian_nll_loss`, `torch.nn.GaussianNLLLoss`. Optax has
        no such loss.
    """
    if isinstance(var, (int, float)):
        if var < 0:
            raise ValueError(f"var must be at least 0, got {var}")
        var = jnp.full_like(input, var)
    input, target, var = together(input, target, var)
    if var.shape != input.shape:
        if var.shape == input.shape[:-1]:
            var = var[..., None]
        elif not _is_one_axis_short(var.shape, input.shape):
            raise ValueError(f"var must fit input, got var {var.shape}, input {input.shape}")
    input, target, var = broadcast(input=input, target=target, var=var)
    lift = jnp.where(var < eps, eps - var, jnp.zeros_like(var))
    raised = var + jax.lax.stop_gradient(lift)
    loss = 0.5 * (jnp.log(raised) + (input - target) ** 2 / raised)
    if full:
        loss = loss + 0.5 * math.log(2 * math.pi)
    return reduce(poison(loss, ~(var < 0)), reduction)


def _is_one_axis_short(shape: tuple[int, ...], full: tuple[int, ...]) -> bool:
    different = [n for n, whole in zip(shape, full, strict=False) if n != whole]
    return len(shape) == len(full) and different == [1]


def kl_div(
    input: Float[AnyArray, "..."],
    target: Float[AnyArray, "..."],
    *,
    reduction: str = "mean",
    log_target: bool = False,
) -> Float[Array, "..."]:
    """target · (log(target) - input): the divergence of exp(input) from target, summand by summand.

    Args:
        input: logarithms of probabilities.
        target: probabilities, or with `log_target` their logarithms; shapes are broadcast.
        reduction: "mean" (by the number of elements), "batchmean" (by the first axis of input: the
            divergence itself), "sum" or "none".
        log_target: whether target is a logarithm, too.

    Returns:
        A scalar; with "none" the shape that input and target have together. nan where a target is
        negative; by a target of 0 the gradient is nan, as PyTorch's.

    Raises:
        ValueError: an unknown reduction, shapes that do not fit.

    References:
        Kullback and Leibler, On Information and Sufficiency, 1951. Equals
        `torch.nn.functional.kl_div`, `torch.nn.KLDivLoss`. `optax.kl_divergence` sums over the last
        axis and divides by nothing.
    """
    check_reduction(reduction, (*REDUCTIONS, "batchmean"))
    input, target = together(input, target)
    batch = input.shape[:1]
    input, target = broadcast(input=input, target=target)
    if log_target:
        loss = jnp.exp(target) * (target - input)
    else:
        entropy = jnp.where(target == 0, jnp.zeros_like(target), target * jnp.log(target))
        loss = entropy - target * input
    if reduction == "batchmean":
        total = jnp.sum(loss)
        return total / jnp.asarray(batch[0], total.dtype) if batch else total
    return reduce(loss, reduction)
