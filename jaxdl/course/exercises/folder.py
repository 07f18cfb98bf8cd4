"""A reader's folder: a file for each exercise that was begun, and what is solved."""

from __future__ import annotations

import json
from pathlib import Path

from jaxdl._files import replacing
from jaxdl.course.exercises.check import MARK
from jaxdl.course.exercises.exercise import Exercise
from jaxdl.errors import InputError

SOLVED = "solved.json"
LEAVE = {
    "en": "which exercise this file answers; leave the line as it is",
    "zh": "这个文件回答的是哪道练习；这一行不要改",
}


def full_name(exercise: Exercise, style: str) -> str:
    """What an answer's file calls itself."""
    return exercise.name if style == "functional" else f"{exercise.name}/{style}"


def answer_path(folder: Path, exercise: Exercise, style: str) -> Path:
    """Where the answer to an exercise stands: `l05_mean_gradient.py` in the folder."""
    return folder / f"{full_name(exercise, style).replace('/', '_')}.py"


def begin(folder: Path, exercise: Exercise, style: str, language: str) -> Path:
    """Write the file with the gaps, where there is none yet.

    Args:
        folder: the reader's; it is created.
        exercise, style: of what.
        language: of the text, "en" or "zh".

    Returns:
        Where it is.

    Raises:
        InputError: the folder cannot be written.
    """
    path = answer_path(folder, exercise, style)
    if path.exists():
        return path
    title, ask = exercise.told(language, style)
    task = exercise.path(style, "task").read_text("utf-8")
    name = full_name(exercise, style)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(path) as part:
            part.write_text(
                f'"""{title}\n\n{ask}\n"""\n\n# {LEAVE[language]}\n'
                f'{MARK} = "{name}"\n\n\n{task.strip()}\n',
                "utf-8",
            )
    except (FileExistsError, NotADirectoryError):
        raise InputError(f"{folder}: this is no folder; name another one with --folder") from None
    except OSError as error:
        raise InputError(f"{folder}: {error.strerror}; name another folder with --folder") from None
    return path


def solved(folder: Path) -> set[str]:
    """The names of the exercises that were solved in a folder.

    Raises:
        InputError: the list of them is damaged.
    """
    path = folder / SOLVED
    try:
        names = json.loads(path.read_text("utf-8"))["solved"]
        if not isinstance(names, list):
            raise TypeError("what is solved is no list")
        return set(names)
    except FileNotFoundError:
        return set()
    except NotADirectoryError:
        raise InputError(f"{folder}: this is no folder; name another one with --folder") from None
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path}: this list of what is solved is damaged ({error}); delete it, and the answers "
            "that are there are looked at again"
        ) from None


def mark_solved(folder: Path, name: str) -> None:
    """Add an exercise to the list of those that are solved.

    Raises:
        InputError: the list cannot be written.
    """
    names = sorted(solved(folder) | {name})
    try:
        with replacing(folder / SOLVED) as part:
            part.write_text(json.dumps({"schema": 1, "solved": names}, indent=1) + "\n", "utf-8")
    except OSError as error:
        raise InputError(
            f"{folder / SOLVED}: {error.strerror}; your answer stays, and is looked at again"
        ) from None
