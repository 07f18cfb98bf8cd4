"""`jaxdl learn`: the course's exercises one after the other, each answered when it is saved."""

from __future__ import annotations

import inspect
import time
from collections.abc import Iterator
from pathlib import Path

import click

from jaxdl._torch import import_torch
from jaxdl.cli.exercises import (
    LANGUAGE,
    STYLE,
    Words,
    say,
    tell,
)
from jaxdl.cli.fold import folded, laid_out
from jaxdl.cli.options import lesson_names
from jaxdl.cli.output import PLACE
from jaxdl.course import find
from jaxdl.course.exercises import (
    Exercise,
    all_exercises,
    answers_of,
    exercise_called,
    exercises_of,
    questions_of,
)
from jaxdl.course.exercises.checker import Checker
from jaxdl.course.exercises.folder import begin, full_name, mark_solved, solved
from jaxdl.errors import InputError

FOLDER = "learn"
LOOK = 0.1  # seconds between two looks at a file

WORDS: dict[str, Words] = {
    "place": {
        "en": "Exercise {number} of {count} · {name}",
        "zh": "练习 {number} / {count} · {name}",
    },
    "open": {
        "en": "Open {path}\nin your editor, put code in place of each ... and save the file.\n"
        "The answer appears here. Ctrl-C stops; jaxdl learn goes on from here.",
        "zh": "用编辑器打开 {path}\n把每个 ... 换成代码，然后保存。一保存，这里就会给出回答。\n"
        "按 Ctrl-C 停止；再运行 jaxdl learn 会从这里继续。",
    },
    "all": {
        "en": "All {count} exercises are solved.",
        "zh": "全部 {count} 道练习都已完成。",
    },
    "open_ones": {
        "en": "That was the last one; {count} before it are not solved: jaxdl learn",
        "zh": "这是最后一道；前面还有 {count} 道没有完成：jaxdl learn",
    },
    "stopped": {
        "en": "Stopped. jaxdl learn{options} goes on with {name}.",
        "zh": "已停止。运行 jaxdl learn{options} 会从 {name} 继续。",
    },
    "solution": {
        "en": "Stuck? jaxdl learn {name} --solution shows one.",
        "zh": "做不出来？jaxdl learn {name} --solution 给出一个答案。",
    },
}


@click.command("learn", short_help="Exercises, each answered when you save it.")
@click.argument("name", required=False, metavar="[LESSON[/EXERCISE]]", shell_complete=lesson_names)
@click.option("--list", "listing", is_flag=True, help="The exercises, and which are solved.")
@click.option("--solution", is_flag=True, help="Show the solution of LESSON/EXERCISE.")
@click.option(
    "--answers", is_flag=True, help="Answer the questions that LESSON's chapter ends with."
)
@click.option(
    "--folder",
    type=PLACE,
    default=FOLDER,
    show_default=True,
    help="Where your answers are, and what is solved.",
)
@STYLE
@LANGUAGE
def command(
    name: str | None,
    listing: bool,
    solution: bool,
    answers: bool,
    folder: str,
    style: str,
    language: str,
) -> int:
    """Go through the course's exercises: a file with gaps, and an answer whenever it is saved.

    Without a name it goes on where you left off; with a lesson it begins there.
    """
    place = Path(folder)
    if solution:
        show_solution(name, style)
    elif answers:
        show_answers(name, language)
    elif listing:
        show_list(name, place, style, language)
    else:
        go_through(name, place, style, language)
    return 0


def go_through(name: str | None, folder: Path, style: str, language: str) -> None:
    """One exercise after the other, from the first that is not solved; Ctrl-C stops."""
    every = all_exercises()
    first = every.index(chosen(name)) if name else 0
    if name and name.count("/") == 2:
        _, style = exercise_called(name)
    if style != "functional":
        import_torch()
    named = bool(name and "/" in name)

    def own(exercise: Exercise) -> str:
        return style if style in exercise.styles else "functional"

    for number, exercise in enumerate(every[first:], first):
        again = named and number == first
        if full_name(exercise, own(exercise)) in solved(folder) and not again:
            continue
        try:
            solve(exercise, own(exercise), folder, language, number + 1, len(every))
        except KeyboardInterrupt:
            options = f" --style {style}" if style != "functional" else ""
            options += f" --folder {folder}" if str(folder) != FOLDER else ""
            say("")
            say(folded(WORDS["stopped"][language].format(name=exercise.name, options=options)))
            return
    done = solved(folder)
    left = sum(full_name(exercise, own(exercise)) not in done for exercise in every)
    words = WORDS["open_ones" if left else "all"][language]
    say(folded(words.format(count=left or len(every))))


def solve(
    exercise: Exercise, style: str, folder: Path, language: str, number: int, count: int
) -> None:
    """Ask, and answer whenever the file is saved, until it is right."""
    path = begin(folder, exercise, style, language)
    title, ask = exercise.told(language, style)
    name = full_name(exercise, style)
    say("")
    say(WORDS["place"][language].format(number=number, count=count, name=name), bold=True)
    say(f"{folded(title, '')}\n\n{laid_out(ask)}\n")
    say(laid_out(WORDS["open"][language].format(path=path)))
    with Checker(exercise, style) as checker:
        for times, _ in enumerate(saved(path, exercise, style), 1):
            verdict = checker.check(path)
            tell(verdict, language)
            if verdict.right:
                mark_solved(folder, name)
                return
            if times % 4 == 0:
                say(folded(WORDS["solution"][language].format(name=name)))


def saved(path: Path, exercise: Exercise, style: str) -> Iterator[None]:
    """Whenever a file has become another one; at once where it is not as it was written first."""
    task = exercise.path(style, "task").read_text("utf-8").strip()
    seen = None
    while True:
        try:
            now = path.stat()
            stamp = (now.st_mtime_ns, now.st_size, now.st_ino)
            text = path.read_text("utf-8", errors="replace") if seen is None else ""
            untouched = seen is None and text.rstrip().endswith(task)
        except FileNotFoundError:  # an editor is about to put it there
            stamp, untouched = seen, False
        if stamp != seen:
            if not untouched:
                yield
            seen = stamp
        time.sleep(LOOK)


def chosen(name: str) -> Exercise:
    """The exercise of that name, or a lesson's first.

    Raises:
        InputError: there is none.
    """
    if "/" in name:
        return exercise_called(name)[0]
    found = exercises_of(find(name))
    if not found:
        raise InputError(f"{find(name).name} has no exercises; jaxdl learn --list shows all")
    return found[0]


def show_solution(name: str | None, style: str) -> None:
    """Print a solution."""
    if name is None or "/" not in name:
        raise InputError(
            "which exercise's? jaxdl learn --list shows their names; then, for one of them, "
            "jaxdl learn LESSON/EXERCISE --solution"
        )
    exercise, own = exercise_called(name)
    asked = own if own != "functional" or style not in exercise.styles else style
    say(exercise.path(asked, "solution").read_text("utf-8").strip())


def show_answers(name: str | None, language: str) -> None:
    """Print each question of a chapter's end, its answer, and the program that shows it; run it."""
    if name is None:
        raise InputError("which lesson's? jaxdl learn l04 --answers, for example")
    lesson = find(name.partition("/")[0])
    answers = answers_of(lesson)
    if not answers:
        raise InputError(f"{lesson.name} has no answers to its chapter's questions")
    for number, (question, each) in enumerate(
        zip(questions_of(lesson, language), answers, strict=True), 1
    ):
        say(folded(f"{number}. {question}"), bold=True)
        say("")
        code = inspect.getsource(each.show)
        say("    " + code[code.index("def ") :].rstrip().replace("\n", "\n    "))
        say("")
        each.show()
        say("")
        say(folded(each.text_zh if language == "zh" else each.text))
        say("")


def show_list(name: str | None, folder: Path, style: str, language: str) -> None:
    """Print a line an exercise."""
    done = solved(folder)
    lesson = find(name.partition("/")[0]) if name else None
    for exercise in exercises_of(lesson) if lesson else all_exercises():
        own = style if style in exercise.styles else "functional"
        mark = "✓" if full_name(exercise, own) in done else " "
        title, _ = exercise.told(language, own)
        say(folded(f"{mark} {full_name(exercise, own):32} {title}", " " * 4))
