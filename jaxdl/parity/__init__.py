"""The only place where both frameworks meet: parameter maps, records, comparison, golden files.

PyTorch is imported where a function is given something of PyTorch's, and nowhere else.
"""

from jaxdl.parity.agreement import compare_lesson
from jaxdl.parity.compare import Comparison, compare_models, compare_records
from jaxdl.parity.maps import (
    CONV2D,
    LINEAR,
    SCALAR,
    Layer,
    MapError,
    ParameterMap,
    Rule,
    linear_after_flatten,
)
from jaxdl.parity.records import jax_step, torch_step
from jaxdl.parity.tolerances import TOLERANCES, relative_error

__all__ = [
    "CONV2D",
    "LINEAR",
    "SCALAR",
    "TOLERANCES",
    "Comparison",
    "Layer",
    "MapError",
    "ParameterMap",
    "Rule",
    "compare_lesson",
    "compare_models",
    "compare_records",
    "jax_step",
    "linear_after_flatten",
    "relative_error",
    "torch_step",
]
