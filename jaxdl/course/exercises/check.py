"""An answer checked: what it makes of new inputs beside what the solution makes of them."""

from __future__ import annotations

import ast
import linecache
import re
import sys
import tokenize
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from jaxdl._torch import import_torch
from jaxdl.course.exercises.draw import Draw
from jaxdl.course.exercises.exercise import Exercise, Wrong
from jaxdl.course.exercises.how import Words, how, same
from jaxdl.course.exercises.without import used
from jaxdl.errors import InputError

MARK = "EXERCISE"
"""The name that an answer's file gives to the name of its exercise."""


@dataclass(frozen=True)
class Seen:
    """What an answer made of one input.

    Args:
        name: of what was asked, such as "gradient(w, x, y)".
        leaves: path -> array, of what it returned.
        raised: the error that it ended in instead, without the numbers in it.
        told: that error, in one line, by language.
    """

    name: str
    leaves: dict[str, Any] = field(default_factory=dict)
    raised: str = ""
    told: Words = field(default_factory=dict)

    def equals(self, other: Seen) -> bool:
        """The same name, and the same numbers or the same error."""
        if (self.name, self.raised, self.leaves.keys()) != (
            other.name,
            other.raised,
            other.leaves.keys(),
        ):
            return False
        return all(same(self.leaves[path], other.leaves[path]) for path in self.leaves)


@dataclass(frozen=True)
class Verdict:
    """What is said of an answer, in both languages.

    Args:
        right: it is.
        what: what is wrong.
        hint: what to think of; empty: nothing is known.
    """

    right: bool
    what: Words = field(default_factory=dict)
    hint: Words = field(default_factory=dict)


@dataclass(frozen=True)
class Prepared:
    """What the solution and each wrong answer make of inputs that were drawn.

    Args:
        exercise, style: of what.
        seed: of the inputs.
        right: what the solution makes of them.
        wrong: what each wrong answer makes of them.
    """

    exercise: Exercise
    style: str
    seed: int
    right: list[Seen]
    wrong: list[tuple[Wrong, list[Seen]]]

    def check(self, path: str | Path) -> Verdict:
        """Look at an answer.

        Args:
            path: of its file.
        """
        try:
            tree = ast.parse(read(path), str(path))
        except InputError as error:
            return Verdict(False, {"en": str(error), "zh": str(error)})
        except SyntaxError as error:
            return Verdict(False, in_line(error.lineno, f"SyntaxError: {error.msg}"))
        except (ValueError, RecursionError) as error:  # a null byte; brackets without end
            told = f"{type(error).__name__}: {error}"
            return Verdict(False, {"en": told, "zh": told})
        if gaps := gap_lines(tree):
            lines = ", ".join(map(str, gaps))
            return Verdict(
                False,
                {
                    "en": f"there is still a gap (...) in line {lines}",
                    "zh": f"第 {lines} 行还有空（...）没有填",
                },
            )
        if found := used(tree, self.exercise.without):
            name, line = found
            return Verdict(
                False,
                {
                    "en": f"line {line} uses {name}; this exercise asks for it without",
                    "zh": f"第 {line} 行用了 {name}，而这道练习要求不用它",
                },
            )
        answer = sys.modules["answer"] = ModuleType("answer")  # a dataclass looks for its module
        answer.__file__ = str(path)
        linecache.checkcache(str(path))
        try:
            exec(compile(tree, str(path), "exec"), answer.__dict__)
        except BaseException as error:  # SystemExit and KeyboardInterrupt, too
            return Verdict(False, error_told(error, path))
        for name in functions_of(self.exercise.path(self.style, "task")):
            if not callable(getattr(answer, name, None)):
                return Verdict(
                    False,
                    {"en": f"there is no function {name}", "zh": f"没有名为 {name} 的函数"},
                )
        return self.compared(observed(self.exercise, self.style, answer, self.seed, path))

    def compared(self, found: list[Seen]) -> Verdict:
        """What is said of what an answer made of the inputs."""
        for k, wanted in enumerate(self.right):
            own = found[k] if k < len(found) else Seen("")
            if own.equals(wanted):
                continue
            alike = [
                (sum(a.equals(b) for a, b in zip(seen, found, strict=False)), wrong)
                for wrong, seen in self.wrong
                if k < len(seen) and seen[k].equals(own) and not seen[k].equals(wanted)
            ]
            hint: Words = {}
            if alike:
                best = max(alike, key=lambda pair: pair[0])[1]
                hint = {"en": best.hint, "zh": best.hint_zh}
            n = Draw(self.seed, lambda x: x).n
            what = exchanged(found[k:], self.right[k:]) or differs(own, wanted, n)
            return Verdict(False, what, hint)
        return Verdict(True)


def prepare(exercise: Exercise, style: str, seed: int) -> Prepared:
    """Draw inputs, and see what the solution and the wrong answers make of them.

    Args:
        exercise, style: of what.
        seed: of the inputs.

    Raises:
        InputError: it is for PyTorch, which is not installed, or the solution itself fails here.
    """
    if style != "functional":
        import_torch()
    solution = exercise.module(style, "solution")
    right = observed(exercise, style, solution, seed)
    if right[-1].raised:
        raise InputError(f"{exercise.name} cannot be checked here: {right[-1].told['en']}")
    wrong = [
        (each, observed(exercise, style, _instead(solution, each), seed))
        for each in wrong_answers(exercise, style)
    ]
    return Prepared(exercise, style, seed, right, wrong)


def wrong_answers(exercise: Exercise, style: str) -> list[Wrong]:
    """The typical wrong answers, in the order in which they stand in their file."""
    found = vars(exercise.module(style, "wrong")).values()
    return [each for each in found if isinstance(each, Wrong)]


def _instead(solution: ModuleType, wrong: Wrong) -> Any:
    """The solution with one function of it replaced."""
    return SimpleNamespace(**{**vars(solution), wrong.instead_of: wrong.answer})


def observed(
    exercise: Exercise, style: str, answer: Any, seed: int, path: str | Path = ""
) -> list[Seen]:
    """What an answer makes of the inputs of a seed, up to its first error.

    Args:
        exercise, style: of what.
        answer: a module, or whatever has the exercise's functions.
        seed: of the inputs.
        path: of the answer's file, whose lines an error names.
    """
    observe = exercise.module(style, "check").observe
    draw = Draw(seed, array_of(style))
    seen: list[Seen] = []
    try:
        for name, value in observe(answer, draw):
            seen.append(Seen(name, leaves_of(value)))
    except BaseException as error:  # SystemExit and KeyboardInterrupt, too
        told = error_told(error, path)
        if path and not told["en"].startswith("line "):  # it came after the answer had returned
            told = {
                "en": f"what is returned cannot be used: {told['en']}",
                "zh": f"返回的东西用不了：{told['zh']}",
            }
        first = (str(error).splitlines() or [""])[0]
        seen.append(
            Seen("", raised=f"{type(error).__name__}: {re.sub('[0-9]+', '', first)}", told=told)
        )
    return seen


def array_of(style: str) -> Callable[[Any], Any]:
    """What makes an array of a framework of NumPy's.

    Raises:
        InputError: it is PyTorch's, which is not installed.
    """
    if style == "functional":
        import jax.numpy as jnp

        return jnp.asarray
    return import_torch().from_numpy


def leaves_of(value: Any) -> dict[str, Any]:
    """Path -> NumPy array, of everything in a tree; None where there is None."""
    import jax
    import numpy as np

    def plain(leaf: Any) -> Any:
        if leaf is None:
            return None
        if isinstance(leaf, Fraction):
            leaf = float(leaf)
        # A copy: what an answer changes in place later is to be seen as it was.
        return np.array(leaf.detach().numpy() if hasattr(leaf, "detach") else leaf)

    flat, _ = jax.tree_util.tree_flatten_with_path(_dicts(value), is_leaf=lambda leaf: leaf is None)
    return {jax.tree_util.keystr(path): plain(leaf) for path, leaf in flat}


def _dicts(value: Any) -> Any:
    """Whatever is a mapping as a dict: a Counter, an OrderedDict."""
    if isinstance(value, Mapping):
        return {key: _dicts(part) for key, part in value.items()}
    if type(value) in (list, tuple):
        return type(value)(map(_dicts, value))
    return value


NTH = {
    "en": ("first", "second", "third", "fourth"),
    "zh": ("第一", "第二", "第三", "第四"),
}


def exchanged(found: list[Seen], wanted: list[Seen]) -> Words | None:
    """What is said where the first thing is right once it changes places with another one.

    Args:
        found, wanted: from the first that is not as it should be; two values of a tuple stand in
            one of them, or in one each.
    """
    if not found:
        return None
    for a, b in combinations(range(len(NTH["en"])), 2):
        other = {f"[{a}]": f"[{b}]", f"[{b}]": f"[{a}]"}
        leaves = {other.get(p[:3], p[:3]) + p[3:]: leaf for p, leaf in found[0].leaves.items()}
        if Seen(found[0].name, leaves).equals(wanted[0]):
            return _exchange(f"{wanted[0].name}[{a}]", f"{wanted[0].name}[{b}]")
    for own, right in zip(found[1:], wanted[1:], strict=False):
        here, there = replace(own, name=wanted[0].name), replace(found[0], name=right.name)
        if here.equals(wanted[0]) and there.equals(right):
            return _exchange(wanted[0].name, right.name)
    return None


def _exchange(one: str, other: str) -> Words:
    """Of two names; of two places of a tuple it is said which they are."""
    a, b = (re.fullmatch(r"(.*)\[(\d)\]", each) for each in (one, other))
    if not a or not b or a[1] != b[1]:
        return {"en": f"{one} and {other} are exchanged", "zh": f"{one} 与 {other} 交换了位置"}
    en, zh = ([NTH[language][int(each[2])] for each in (a, b)] for language in ("en", "zh"))
    return {
        "en": f"{a[1]}: the {en[0]} and the {en[1]} value are exchanged",
        "zh": f"{a[1]}：{zh[0]}个和{zh[1]}个返回值交换了位置",
    }


def differs(found: Seen, wanted: Seen, n: int) -> Words:
    """What is said of the first thing that is not as it should be."""
    if found.raised:
        return found.told
    if found.leaves.keys() != wanted.leaves.keys():
        return _parts(found, wanted)
    for path, right in wanted.leaves.items():
        if not same(found.leaves[path], right):
            words = how(found.leaves[path], right, n)
            return {
                "en": f"{wanted.name}{path} {words['en']}",
                "zh": f"{wanted.name}{path} {words['zh']}",
            }
    raise AssertionError("they are equal")


def _parts(found: Seen, wanted: Seen) -> Words:
    own, right = (", ".join(filter(None, each.leaves)) for each in (found, wanted))
    if "" in found.leaves:
        if found.leaves[""] is None:
            return {
                "en": f"{wanted.name} is None: nothing is returned",
                "zh": f"{wanted.name} 是 None：函数没有返回值",
            }
        own = found.leaves[""]
        kind = type(own.item()).__name__ if own.dtype.kind == "O" else ""
        return {
            "en": f"{wanted.name} is {f'a {kind}' if kind else 'a single value'}; "
            f"right is one with the parts {right}",
            "zh": f"{wanted.name} 是{f' {kind}' if kind else '单个的值'}，应当由 {right} 组成",
        }
    if "" in wanted.leaves:
        return {
            "en": f"{wanted.name} has the parts {own or '-'}; right is a single value",
            "zh": f"{wanted.name} 的组成部分是 {own or '-'}，应当是单个的值",
        }
    return {
        "en": f"{wanted.name} has the parts {own or '-'}; right are {right}",
        "zh": f"{wanted.name} 的组成部分是 {own or '-'}，应当是 {right}",
    }


def error_told(error: BaseException, path: str | Path) -> Words:
    """An error in one line, with the last line of the answer's file that it went through."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
    first = (str(error).strip().splitlines() or [""])[0]
    told = f"{type(error).__name__}: {first}" if first else type(error).__name__
    return in_line(frames[-1].lineno if frames else None, told)


def in_line(line: int | None, told: str) -> Words:
    """What Python says of a line, which it says in English; None: of no line."""
    if line is None:
        return {"en": told, "zh": told}
    return {"en": f"line {line}: {told}", "zh": f"第 {line} 行：{told}"}


def gap_lines(tree: ast.Module) -> list[int]:
    """The lines where an `...` stands that is no part of an index or of a type."""
    inside = {
        id(node)
        for subscript in ast.walk(tree)
        if isinstance(subscript, ast.Subscript)
        for node in ast.walk(subscript.slice)
    }
    return sorted(
        {
            node.lineno
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and node.value is ... and id(node) not in inside
        }
    )


def functions_of(path: Path) -> list[str]:
    """The functions and classes that a task defines."""
    body = ast.parse(path.read_text("utf-8")).body
    return [node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)]


def read(path: str | Path) -> str:
    """An answer's text.

    Raises:
        InputError: there is no such file, or it is no text.
    """
    try:
        with tokenize.open(path) as file:  # as Python reads it: a mark at the start, another coding
            return file.read()
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise InputError(f"{path}: this is a folder; name a file in it") from None
    except (UnicodeDecodeError, SyntaxError):
        raise InputError(f"{path}: this is no text in UTF-8; save it as UTF-8") from None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None


def name_in(path: str | Path) -> str:
    """The name of the exercise that an answer's file gives; "": none.

    Raises:
        InputError: the file cannot be read.
    """
    for line in read(path).splitlines():
        name, equals, value = line.partition("=")
        if equals and name.strip() == MARK:
            return value.strip().strip("\"'")
    return ""
