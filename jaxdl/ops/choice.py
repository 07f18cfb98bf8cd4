"""Which algorithms the operations take: ours where they were measured to be faster, or XLA's."""

from __future__ import annotations

from contextlib import AbstractContextManager

import jax

_xla = jax.make_user_context(False)  # JAX compiles a function anew where its value is another


def xla() -> AbstractContextManager[None]:
    """Inside, XLA's own convolutions, poolings and scans are used."""
    return _xla(True)


def fast() -> bool:
    """Whether to trace our own algorithms: on a CPU, unless inside `xla()`.

    On a GPU and a TPU XLA's own are used; ours were measured on CPUs alone.
    """
    return not _xla.value and jax.default_backend() == "cpu"
