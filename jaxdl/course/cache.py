"""What XLA compiles is kept in the user's cache folder, so that a second run starts at once."""

from __future__ import annotations

import os
import re
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

WARNING = r"Error (reading|writing) persistent compilation cache entry for '(\w*)': (.*)"


def use_compilation_cache(quiet: bool = False) -> None:
    """Use the folder, unless JAX has been given another; without a home, compile anew every time.

    Args:
        quiet: say nothing where it is damaged or cannot be written.
    """
    import jax

    if jax.config.values["jax_compilation_cache_dir"] is not None:
        return
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = root / "jaxdl" / "xla"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    mend(folder, (lambda line: None) if quiet else tell)


def mend(folder: Path, tell: Callable[[str], object]) -> None:
    """Whenever JAX warns of an entry of the cache, remove it; say so once, in one line.

    A warning about a damaged entry comes before the program is compiled again and written anew, one
    about a full disk after half an entry has been written. It names the program, so all that are
    kept of programs of that name go.

    Args:
        folder: the cache's.
        tell: takes the line.
    """
    told: set[str] = set()
    shown = warnings.showwarning

    def show(message: Warning | str, *where: Any, **more: Any) -> None:
        found = re.match(WARNING, str(message), re.DOTALL)
        if not found:
            shown(message, *where, **more)
            return
        what, program, why = found.groups()
        for entry in folder.glob(f"{program}-*-cache"):
            entry.unlink(missing_ok=True)
        if what not in told:
            told.add(what)
            why = " ".join(why.split())
            if what == "reading":
                tell(f"a damaged file of the compile cache in {folder} is replaced")
            else:
                tell(f"what is compiled cannot be kept in {folder}: {why}")

    warnings.showwarning = show
    warnings.filterwarnings("always", WARNING, UserWarning)


def tell(line: str) -> None:
    """On standard error."""
    print(f"jaxdl: {line}", file=sys.stderr)
