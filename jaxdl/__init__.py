"""Deep learning written twice: pure functions in JAX beside mutable objects in PyTorch.

The parts of the library, from the ground up: `data`, `replay`, `optim`, `parity`; the course itself
lives in the `lessons` package. Nothing heavy is imported here.
"""

__version__ = "0.1.0"
