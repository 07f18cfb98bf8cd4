"""The benchmark: what training steps cost in either framework, of anybody's programs.

A `Case` says what is measured, `measure` has the arms take turns, `records` writes down what they
took.
"""

from jaxdl.bench.record import records
from jaxdl.bench.runner import ArmFailed, Setting, Timed, measure
from jaxdl.bench.work import Case, JaxWork, TorchWork, WholeRun

__all__ = [
    "ArmFailed",
    "Case",
    "JaxWork",
    "Setting",
    "Timed",
    "TorchWork",
    "WholeRun",
    "measure",
    "records",
]
