"""Golden files: what a lesson's twin computed with real PyTorch, committed beside it.

`lessons/lXX_name/golden.safetensors` holds a record (`jaxdl.parity.record`, large arrays
condensed) for each variant of the lesson and each precision, under `VARIANT/PRECISION/NAME`. The
metadata says with which PyTorch, which command and which code they were made, and of a lesson with
dropout how its masks were drawn. `jaxdl golden generate` is their only writer.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaxdl._files import replacing
from jaxdl._torch import import_torch
from jaxdl.course.records import imperative_record
from jaxdl.errors import InputError
from jaxdl.parity.compare import compare_records
from jaxdl.parity.record import condensed

if TYPE_CHECKING:
    from jaxdl.course.registry import Lesson
    from jaxdl.parity.compare import Comparison
    from jaxdl.parity.record import Record

PRECISIONS = ("float32", "float64")
LIMIT = 2_000_000
"""Bytes; a larger golden file does not belong in the repository."""


def path(lesson: Lesson) -> Path:
    """Where the lesson's golden file is, or would be."""
    return lesson.folder / "golden.safetensors"


def code_hash(lesson: Lesson) -> str:
    """SHA-256 over the files that decide what the twin computes: `__init__.py`, `imperative.py`."""
    digest = hashlib.sha256()
    for name in ("__init__.py", "imperative.py"):
        digest.update((lesson.folder / name).read_bytes())
    return digest.hexdigest()


def read(lesson: Lesson, config: Any, precision: str) -> Record:
    """The twin's record for `config`.

    Raises:
        InputError: the file is missing or damaged, or holds no values for this Config.
    """
    configs = {name: replace(lesson.config(), **fields) for name, fields in lesson.variants.items()}
    variant = next((name for name in configs if configs[name] == config), None)
    if variant is None:
        raise InputError(
            f"{lesson.name}'s golden file holds the variants {', '.join(configs)} with default "
            "values and nothing for these flags; compare with --against torch"
        )
    prefix = f"{variant}/{precision}/"
    tensors, _ = _load(lesson)
    found = _below(prefix, tensors)
    if not found:
        raise InputError(
            f"{path(lesson)} holds no {prefix}; run `jaxdl golden generate {lesson.name}`"
        )
    return found


def metadata(lesson: Lesson) -> dict[str, str]:
    """The golden file's provenance: torch, seed, command, code (SHA-256)."""
    return _load(lesson)[1]


def generate(lesson: Lesson) -> dict[str, Any]:
    """Run the twin in every variant and precision, and write its golden file in one move.

    Values that the file has and that the twin computes again, up to the tolerances, stay as they
    are: on another processor the file changes where the twin did, and not in every last bit.

    Returns:
        The path, the number of tensors and the bytes written.

    Raises:
        InputError: PyTorch is not installed.
        ValueError: the file would be larger than `LIMIT`.
    """
    import numpy as np
    from safetensors.numpy import save

    tensors, tags = _computed(lesson)
    if path(lesson).is_file():
        stored, _ = _load(lesson)
        for prefix in _prefixes(lesson):
            if _apart(lesson, prefix, stored, tensors) == "":
                tensors |= _below(prefix, stored, keep=True)
    payload = save({key: np.asarray(array) for key, array in tensors.items()}, metadata=tags)
    if len(payload) > LIMIT:
        raise ValueError(f"{path(lesson)} would take {len(payload)} bytes; at most {LIMIT}")
    with replacing(path(lesson)) as part:
        part.write_bytes(payload)
    return {"path": path(lesson), "tensors": len(tensors), "bytes": len(payload)}


def verify(lesson: Lesson, *, torch: bool) -> list[str]:
    """What is wrong with a golden file; empty: nothing.

    Args:
        lesson: whose.
        torch: also run the twin again and compare every number with the file's.
    """
    tensors, tags = _load(lesson)
    wrong = []
    if tags.get("code") != code_hash(lesson):
        wrong.append(f"the twin has changed since: run `jaxdl golden generate {lesson.name}`")
    prefixes = _prefixes(lesson)
    found = {"/".join(key.split("/")[:2]) + "/" for key in tensors}
    wrong += [f"{prefix} is missing" for prefix in sorted(prefixes - found)]
    wrong += [f"{prefix} belongs to no variant" for prefix in sorted(found - prefixes)]
    if torch and not wrong:
        fresh, _ = _computed(lesson)
        for prefix in sorted(prefixes):
            if how := _apart(lesson, prefix, tensors, fresh):
                wrong.append(f"{prefix} differs from the twin run now: {how}")
    return wrong


def _prefixes(lesson: Lesson) -> set[str]:
    return {f"{variant}/{precision}/" for variant in lesson.variants for precision in PRECISIONS}


def _below(prefix: str, tensors: Record, *, keep: bool = False) -> Record:
    """The tensors of a variant and precision; `keep` leaves the prefix in their names."""
    return {
        key if keep else key.removeprefix(prefix): array
        for key, array in tensors.items()
        if key.startswith(prefix)
    }


def _apart(lesson: Lesson, prefix: str, stored: Record, fresh: Record) -> str:
    """How the stored values of a variant and precision differ from those computed; "" if equal."""
    precision = prefix.split("/")[1]
    theirs = _below(prefix, fresh)
    diverges = lesson.diverges if precision == "float32" else ""
    try:
        comparison: Comparison = compare_records(
            _below(prefix, stored), theirs, precision, len(theirs["trajectory"]), diverges=diverges
        )
    except ValueError as error:
        return str(error)
    return "" if comparison.agree else str(comparison.worst)


def _computed(lesson: Lesson) -> tuple[Record, dict[str, str]]:
    torch = import_torch()
    tensors: Record = {}
    for variant, fields in lesson.variants.items():
        for precision in PRECISIONS:
            config = replace(lesson.config(), **fields)
            record = condensed(imperative_record(lesson, config, precision))
            tensors |= {f"{variant}/{precision}/{name}": array for name, array in record.items()}
    masks = {"masks": _stream_of(torch)} if lesson.dropouts else {}
    return tensors, masks | {
        "torch": torch.__version__,
        "command": f"jaxdl golden generate {lesson.name}",
        "config": str(asdict(lesson.config())),
        "variants": str({name: dict(fields) for name, fields in lesson.variants.items()}),
        "code": code_hash(lesson),
    }


def _stream_of(torch: Any) -> str:
    """By which of `jaxdl.replay.dropout`'s streams this PyTorch draws what a dropout keeps."""
    from jaxdl.replay.dropout import STREAMS, Generator, bernoulli

    drawn = torch.empty(1000).bernoulli_(0.5, generator=torch.Generator().manual_seed(0)).numpy()
    for stream in STREAMS:
        if (bernoulli(Generator(0), (1000,), 0.5, stream) == drawn).all():
            return stream
    raise ValueError(f"PyTorch {torch.__version__} draws dropout's masks in no way that is known")


def _load(lesson: Lesson) -> tuple[Record, dict[str, str]]:
    from safetensors import SafetensorError, safe_open

    file = path(lesson)
    try:
        with safe_open(file, framework="numpy") as tensors:
            found = {key: tensors.get_tensor(key) for key in tensors.keys()}  # noqa: SIM118 (no dict)
            return found, tensors.metadata() or {}
    except FileNotFoundError:
        raise InputError(
            f"{lesson.name} has no golden file; `jaxdl golden generate {lesson.name}` writes it"
        ) from None
    except (SafetensorError, OSError) as error:
        raise InputError(
            f"{file} cannot be read ({error}); restore it from the repository"
        ) from None
