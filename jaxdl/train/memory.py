"""The memory that compiling leaves behind."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

from jax import monitoring


@cache
def trim_after_compiling() -> None:
    """From now on give what a compiler has freed back to the system, and not to the next one.

    XLA's compiler frees hundreds of megabytes in small pieces, which the C library keeps; a
    training step, whose arrays are large, cannot use them. Where the library has no
    `malloc_trim` (glibc has), nothing is done.
    """
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # another C library; Windows has no CDLL(None)
        return

    def listen(event: str, duration_secs: float, **_: Any) -> None:
        if event == "/jax/core/compile/backend_compile_duration" and duration_secs > 0.1:
            trim(0)

    monitoring.register_event_duration_secs_listener(listen)
