"""Exercises: a file with gaps, and a check that says what is wrong with what stands in them.

Those of a lesson lie in its folder::

    lessons/l05_…/exercises/
      __init__.py          NAMES: the exercises' order
      mean_gradient/
        __init__.py        EXERCISE: its titles, its text, what it is to be done without
        task.py            the program with gaps (`...`)
        solution.py        the program without
        wrong.py           typical wrong answers, each with its own hint
        check.py           observe(answer, draw): what is looked at
        imperative/        the same four files for PyTorch, where both make sense

`observe` draws its inputs and yields what an answer makes of them; the same is asked of the
solution and of each wrong answer, on the same inputs. New inputs are drawn for every check, so no
answer can know the numbers. Importing this package imports neither JAX nor PyTorch nor NumPy.
"""

from jaxdl.course.exercises.answers import Answer, answer, answers_of, questions_of
from jaxdl.course.exercises.draw import Draw
from jaxdl.course.exercises.exercise import (
    Exercise,
    Wrong,
    all_exercises,
    exercise_called,
    exercises_of,
    wrong,
)
from jaxdl.course.exercises.without import DERIVATIVES

__all__ = [
    "DERIVATIVES",
    "Answer",
    "Draw",
    "Exercise",
    "Wrong",
    "all_exercises",
    "answer",
    "answers_of",
    "exercise_called",
    "exercises_of",
    "questions_of",
    "wrong",
]
