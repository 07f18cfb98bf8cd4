"""Where the tests keep what XLA has compiled: most of their time is compilation.

In $JAXDL_TEST_CACHE, else in the user's cache folder, so that a second run finds it, another clone
too, and CI where it keeps the folder.

JAX names an entry by the program, the options and its own version: an old one is never taken for
another. It forgets the processor, whose instructions are in there: each has a folder. And it writes
without a lock, and not at one stroke: a folder belongs to one session of tests at a time, and in it
one to each group of tests, which one worker runs.
"""

import atexit
import fcntl
import hashlib
import os
import platform
import shutil
import tempfile
from pathlib import Path

PLACE = "JAXDL_TEST_CACHE"
SESSIONS = 4  # at the same time, with folders that stay
ROOM = 2 * 2**30  # bytes in one of them


def processor():
    """A name for what may run here: the machine, and what the kernel says of its processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        told = sorted({line for line in lines if line.startswith(("model name", "flags", "Feat"))})
    except OSError:
        told = [platform.processor()]
    return f"{platform.machine()}-{hashlib.sha256(repr(told).encode()).hexdigest()[:12]}"


def place():
    """The folder of all sessions."""
    if given := os.environ.get(PLACE):
        return Path(given).absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jaxdl" / "tests"


def take(root=None):
    """A folder that no other session has; one that goes with the session where none is free."""
    root = place() if root is None else root
    for number in range(SESSIONS):
        folder = root / processor() / str(number)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = os.open(folder / "lock", os.O_CREAT | os.O_RDWR)  # until the process ends
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # another session has it, or the home cannot be written to
            continue
        shrink(folder, ROOM)
        return folder
    temporary = tempfile.mkdtemp(prefix="jaxdl-tests-")
    atexit.register(shutil.rmtree, temporary, ignore_errors=True)
    return Path(temporary)


def shrink(folder, room):
    """Delete what was used longest ago until the rest has room."""
    entries = [(path, path.stat()) for path in folder.glob("*/*-cache")]
    entries.sort(key=lambda entry: max(entry[1].st_atime, entry[1].st_mtime))
    size = sum(status.st_size for _, status in entries)
    for path, status in entries:
        if size <= room:
            break
        path.unlink()
        size -= status.st_size
