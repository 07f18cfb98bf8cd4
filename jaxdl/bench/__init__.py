"""The benchmark: what training steps cost in either framework, of anybody's programs.

A `Case` says what is measured, `measure` has the arms take turns, `records` writes down what they
took. `compare` measures functions, of which nothing is known but their inputs.
"""

from jaxdl.bench.functions import Different, compare
from jaxdl.bench.record import records
from jaxdl.bench.result import Result
from jaxdl.bench.runner import ArmFailed, Setting, Timed, measure
from jaxdl.bench.work import Case, JaxWork, TorchWork, WholeRun

__all__ = [
    "ArmFailed",
    "Case",
    "Different",
    "JaxWork",
    "Result",
    "Setting",
    "Timed",
    "TorchWork",
    "WholeRun",
    "compare",
    "measure",
    "records",
]
