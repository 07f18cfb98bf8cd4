"""The course: what a lesson is, and what can be done with one. It uses the library as anybody does.

Importing it imports neither JAX nor PyTorch nor NumPy.
"""

from jaxdl.course.program import Program, Taped, Twin, WrongStep
from jaxdl.course.registry import Lesson, find, lessons, option

__all__ = ["Lesson", "Program", "Taped", "Twin", "WrongStep", "find", "lessons", "option"]
