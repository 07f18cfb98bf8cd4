"""What the lessons' programs compute, once for all tests that look at it.

A record (`jaxdl.parity.record`) is kept under the name of all that decides it: the sources of the
library and of the lesson, the versions of what computes, the processor. The tests without PyTorch
and those with it are two processes, each of several workers: what one of them has made the others
read.
"""

import hashlib
import os
import time
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from jaxdl import _environment
from jaxdl._files import replacing
from jaxdl.course import records
from jaxdl.course.device import alone_on_one
from jaxdl.course.records import STEPS as STEPS

ROOT = Path(__file__).parents[1]
FOLDER = Path(os.environ["JAXDL_TEST_SESSION"]).parent / "records"  # of all sessions
PACKAGES = ("jax", "jaxlib", "flax", "optax", "numpy", "torch")
TWIN = ["data", "course/records.py", "course/registry.py", "course/start.py", "parity/record.py"]
WEEK = 7 * 24 * 3600


def configs(lesson):
    """Variant -> its Config."""
    return {name: replace(lesson.config(), **fields) for name, fields in lesson.variants.items()}


def functional(lesson, variant, precision):
    """What the functional program computes, in full.

    A lesson that shares batches out does so in float64, among the tests' two devices; in float32
    one device computes, as in `jaxdl compare`. So what PyTorch computed holds both ways.
    """
    with alone_on_one(1 if lesson.shares and precision == "float32" else None):
        return _kept(lesson, variant, precision, records.functional_record, ["."])


def imperative(lesson, variant, precision):
    """What the twin computes now, in full."""
    return _kept(lesson, variant, precision, records.imperative_record, TWIN)


def _kept(lesson, variant, precision, make, sources):
    which = f"{lesson.name}-{make.__name__}-{precision}"
    key = hashlib.sha256(f"{variant}{_decides(lesson.folder, *sources)}".encode()).hexdigest()[:32]
    file = FOLDER / f"{which}-{key}.safetensors"
    if not file.is_file():
        made = make(lesson, configs(lesson)[variant], precision)
        FOLDER.mkdir(parents=True, exist_ok=True)
        for old in FOLDER.iterdir():
            if old.stat().st_mtime < time.time() - WEEK:
                old.unlink(missing_ok=True)
        with replacing(file) as part:
            save_file({name: np.array(array, order="C") for name, array in made.items()}, part)
    return load_file(file)


@cache
def _decides(folder, *sources):
    """SHA-256 over the sources, the versions and the processor."""
    digest = hashlib.sha256(
        str((_environment.versions(*PACKAGES), _environment.processor())).encode()
    )
    files = [*folder.glob("*.py")]
    for source in sources:
        path = ROOT / "jaxdl" / source
        files += path.rglob("*.py") if path.is_dir() else [path]
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()
