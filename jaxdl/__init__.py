"""Deep learning written twice: pure functions in JAX beside mutable objects in PyTorch.

A library for anybody's models: `data`, `replay`, `ops`, `nn`, `optim`, `train`, `parity`, `bench`.
And a course that is built on it: `course` says what a lesson is, the package `lessons` holds them.
Nothing heavy is imported here.
"""

__version__ = "0.1.0"
