"""What computes: asked for before JAX starts, and named afterwards.

To JAX the cores of a CPU are one device. A lesson that can share a batch out among several
(`Lesson.shares`) is given each core as a device where that is faster: `use_devices`.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from jaxdl import data
from jaxdl._environment import usable_cores
from jaxdl.errors import InputError

if TYPE_CHECKING:
    from jaxdl.course.registry import Lesson

DEVICES = ("cpu", "gpu", "tpu")
FEWEST_STEPS = 200
"""A program that shares batches out takes longer to compile, by a second at most or, with a filled
last batch, by several (benchmarks/results, on two cores). It is kept: the second run of so many
steps has paid for it in all lessons measured, most often the first."""
MOST, LEAST_SHARE = 8, 6
"""Devices, and examples for each: what is beyond has not been measured."""


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


def shares_of(cores: int, batch_size: int) -> int:
    """Among how many devices a batch is shared out, one for each core; 1: it stays whole.

    The most that divide it. They compute on one core each: where half of the cores would be left
    over, one device, whose larger products take all cores, is not to be beaten.

    Args:
        cores: that this process may use.
        batch_size: examples in a batch.
    """
    most = min(cores, MOST, batch_size // LEAST_SHARE)
    count = max((n for n in range(1, most + 1) if batch_size % n == 0), default=1)
    return count if 2 * count > cores else 1


def use_devices(
    lesson: Lesson, config: Any, platform: str | None = None, asked: int | None = None
) -> int | None:
    """Have JAX begin with as many CPU devices as a lesson's run is faster with.

    With several where the lesson shares its batches out by itself (`Lesson.shares`), the run has
    `FEWEST_STEPS` or more, and `shares_of` says so. How many devices JAX makes is settled when it
    starts: where that has been done, or the user has said it (JAX_NUM_CPU_DEVICES), it is all of
    them or one.

    Args:
        lesson, config: what is to be run.
        platform: as `use_device` takes it; None: JAX's choice.
        asked: so many devices, be it faster or not; None: as above.

    Returns:
        How many share each batch; None: the lesson shares out none. `jaxdl.train.fit` shares it
        out among all that there are, so that for 1 the run belongs into `alone_on_one`.

    Raises:
        InputError: as many as were asked for cannot share a batch, or are not there; see
            `use_device`, too.
    """
    import jax

    if not lesson.shares:
        if platform:
            use_device(platform)
        return None
    size = lesson.batch_size(config) or 1
    if asked and asked > 1:
        _check_shareable(lesson, config, size, asked)
    set_before = jax.config.values["jax_num_cpu_devices"] != -1 or (
        "xla_force_host_platform_device_count" in os.environ.get("XLA_FLAGS", "")
    )
    wanted = asked or _faster_with(lesson, config, size, len(usable_cores()))
    if wanted > 1 and not set_before and platform in (None, "cpu"):
        try:
            jax.config.update("jax_num_cpu_devices", wanted)
        except RuntimeError:  # JAX has begun
            set_before = True
    if platform:
        use_device(platform)
    there = len(jax.devices()) if device().platform == "cpu" else 1
    if asked and asked not in (1, there):
        raise InputError(
            f"--devices {asked}: JAX computes on {there} device{'s' * (there > 1)} here, "
            f"{described(device())}; leave it out"
        )
    if asked:
        return asked
    wanted = _faster_with(lesson, config, size, there) if set_before else wanted
    return wanted if wanted == there else 1


def alone_on_one(devices: int | None) -> AbstractContextManager[Any]:
    """Inside, a run that is to have one device has it, be there several."""
    import jax

    several = len(jax.devices()) > 1
    return jax.default_device(device()) if devices == 1 and several else nullcontext()


def _faster_with(lesson: Lesson, config: Any, batch_size: int, cores: int) -> int:
    """How many devices a run of a lesson that shares batches out is fastest with."""
    size = _epoch_size(lesson, config)
    steps = lesson.steps_per_epoch(config, size) * getattr(config, lesson.length)
    pays = lesson.shares == "itself" and steps >= FEWEST_STEPS and size >= batch_size
    whole = pays and lesson.program(config).optimizer is not None
    return shares_of(cores, batch_size) if whole else 1


def _epoch_size(lesson: Lesson, config: Any) -> int:
    """Examples of an epoch, as the catalogue knows them."""
    known = data.find(config.data).examples[0] if lesson.datasets else 0
    return lesson.epoch_size(config, known)


def _check_shareable(lesson: Lesson, config: Any, batch_size: int, devices: int) -> None:
    if batch_size % devices:
        raise InputError(
            f"--devices {devices}: {devices} devices cannot share a batch of {batch_size} evenly; "
            "choose a number that divides it, or another batch size"
        )
    if batch_size > (examples := _epoch_size(lesson, config)):
        raise InputError(
            f"--devices {devices}: an epoch of {examples} examples has no whole batch of "
            f"{batch_size} to share; choose a smaller batch size"
        )
    if lesson.program(config).optimizer is None:
        raise InputError(
            f"--devices {devices}: with these flags a step is more than one gradient and an "
            "update, and its batch is not shared out; use --devices 1"
        )
