"""A trained net: found, checked, and used as a classifier."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaxdl import data
from jaxdl.course.cache import use_compilation_cache
from jaxdl.course.registry import Lesson
from jaxdl.course.run import trained_path
from jaxdl.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import Float32


@dataclass(frozen=True)
class Net:
    """A trained net: where it was kept, how it was trained, what it reached then, where known.

    Args:
        file: where it was kept.
        config: of its training.
        params: nested dictionaries of arrays.
        result: what it reached; None: not known, as with all that follows.
        quick: it was scaled down.
        when: it was trained, in ISO 8601.
    """

    file: str
    config: Any
    params: Any
    result: Mapping[str, Any] | None
    quick: bool | None = None
    when: str | None = None


def load_net(
    lesson: Lesson,
    checkpoint: str | None,
    tell: Callable[[str], object] = print,
    *,
    file: str | None = None,
) -> Net:
    """The net that was trained last, the newest of a directory of checkpoints, or that of a file.

    Args:
        lesson: whose.
        checkpoint: the directory; None: the net that was trained last.
        tell: takes a line for each checkpoint that is passed over.
        file: what `jaxdl run --keep` wrote; None: another one, see above.

    Raises:
        InputError: there is none, it is damaged, or it is not this lesson's.
    """
    if checkpoint is not None and file is not None:
        raise InputError("--net and --checkpoint name a net each; give one of them")
    if checkpoint is not None:
        from jaxdl.train.checkpoints import read

        where = checkpoint
        params, run = read(checkpoint, tell)
    else:
        path = Path(file) if file is not None else trained_path(lesson)
        if not path.is_file():
            raise InputError(missing(lesson, path, file is not None))
        from jaxdl.train.trained import load_trained

        where = str(path)
        params, run = load_trained(path)
    if run.get("lesson") != lesson.name:
        raise InputError(
            f"{where} holds a net of {run.get('lesson')}, not of {lesson.name}; "
            f"jaxdl predict {run.get('lesson')} uses it"
        )
    config = config_of(lesson, run.get("config") or {}, where)
    return Net(where, config, params, run.get("result"), run.get("quick"), run.get("when"))


def missing(lesson: Lesson, path: Path, named: bool) -> str:
    """What to do where there is no net.

    Args:
        lesson: whose.
        path: where it would be.
        named: the user named that file.
    """
    if named:
        return f"{path}: there is no such file; jaxdl run {lesson.name} --keep {path} writes it"
    there = next(folder for folder in path.parents if folder.exists())
    if not (there.is_dir() and os.access(there, os.W_OK)):
        return (
            f"no net of {lesson.name} is kept, and {there} cannot be written to, to keep one; "
            f"jaxdl run {lesson.name} --keep PATH, then jaxdl predict {lesson.name} --net PATH"
        )
    better = "; with --data mnist it reads handwriting better"
    return (
        f"no net of {lesson.name} has been trained yet; jaxdl run {lesson.name} trains one"
        f"{better if 'mnist' in lesson.datasets else ''}"
    )


def config_of(lesson: Lesson, values: Mapping[str, Any], where: str) -> Any:
    """The lesson's Config with the values that a net was trained with.

    Raises:
        InputError: they are not the fields that the lesson has now.
    """
    names = {field.name for field in fields(lesson.config)}
    differing = [
        *(f"lacks {name}" for name in sorted(names - set(values))),
        *(f"has {name}" for name in sorted(set(values) - names)),
    ]
    if differing:
        raise InputError(
            f"{where} was trained with other fields than {lesson.name} has "
            f"(it {', it '.join(differing)}); train again: jaxdl run {lesson.name}"
        )
    return lesson.config(**values)


@contextmanager
def fitting(lesson: Lesson, net: Net) -> Iterator[Any]:
    """Within it the lesson's program is run with the net's parameters, which it gives.

    Raises:
        InputError: the net is of another shape than the lesson's program is now.
    """
    import jax

    use_compilation_cache()
    try:
        yield jax.tree.map(jax.numpy.asarray, net.params)
    except (ValueError, TypeError, KeyError, AttributeError) as error:  # Flax's, of a wrong tree
        raise InputError(
            f"{net.file} does not fit the program of {lesson.name} as it is now ({error}); "
            f"train again: jaxdl run {lesson.name}"
        ) from error


def classifier(
    lesson: Lesson, net: Net, entry: data.Entry
) -> Callable[[Any], Float32[np.ndarray, "n classes"]]:
    """The function from examples, as `inputs` of the lesson takes them, to probabilities.

    It gives the probability of each class of the dataset, softmax of the net's logits, and raises
    as `fitting` does.
    """
    import jax
    import numpy as np

    from jaxdl.train import logits

    program = lesson.program(net.config)
    inputs = program.inputs
    assert inputs is not None  # a lesson that predicts classes says how it reads

    def classify(examples: Any) -> Float32[np.ndarray, "n classes"]:
        with fitting(lesson, net) as params:
            scores = logits(program.apply, params, inputs(examples))
            if scores.shape[1] != entry.classes:
                raise ValueError(f"{scores.shape[1]} classes, and {entry.name} has {entry.classes}")
        return np.asarray(jax.nn.softmax(scores))

    return classify


def head(lesson: Lesson, net: Net) -> dict[str, Any]:
    """What every document of `--json` begins with."""
    about = {"file": net.file, "config": asdict(net.config), "result": net.result}
    about |= {"quick": net.quick, "when": net.when}
    return {"schema": 1, "lesson": lesson.name, "net": about}


def class_names(entry: data.Entry) -> list[str]:
    """What each class is called."""
    return [entry.class_name(label) for label in range(entry.classes)]


def classified(names: list[str], row: list[float], called: str) -> dict[str, Any]:
    """The likeliest class, as a document has it.

    Args:
        names: of the classes.
        row: their probabilities.
        called: the key that the class's name has.
    """
    most = max(row)
    best = row.index(most)
    return {"class": best, called: names[best], "probability": most, "probabilities": row}
