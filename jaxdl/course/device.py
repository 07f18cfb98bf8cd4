"""The device that computes: asked for before JAX starts, and named afterwards."""

from __future__ import annotations

from typing import Any

from jaxdl.errors import InputError

DEVICES = ("cpu", "gpu", "tpu")


def use_device(name: str) -> None:
    """Have JAX compute on the CPU, the GPU or the TPU; before anything is computed.

    Args:
        name: one of `DEVICES`. With "cpu" no other device is opened.

    Raises:
        InputError: it is not there, or JAX has begun on another one.
    """
    import jax

    if name == "cpu":
        jax.config.update("jax_platforms", "cpu")
    here = device()
    try:
        found = jax.devices(name)
    except RuntimeError:
        raise InputError(f"--device {name}: JAX finds none here, but {described(here)}") from None
    if found[0] != here:
        raise InputError(
            f"--device {name}: JAX computes on {described(here)} here; "
            "the variable JAX_PLATFORMS makes it begin on another device"
        )


def device() -> Any:
    """The `jax.Device` that computes.

    Raises:
        InputError: there is none: the variable JAX_PLATFORMS names what is not here.
    """
    import jax

    try:
        return jax.devices()[0]
    except (RuntimeError, AssertionError):  # JAX asserts that one of those named is there
        raise InputError(
            f"there is no device of JAX_PLATFORMS={jax.config.values['jax_platforms']}; "
            "unset that variable"
        ) from None


def described(one: Any) -> str:
    """A device in a word or two: "cpu", "gpu (NVIDIA H200)"."""
    kind = one.device_kind
    return one.platform if kind == one.platform else f"{one.platform} ({kind})"
