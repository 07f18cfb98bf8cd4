"""PyTorch's learning-rate schedulers as functions from the step's number to the learning rate.

Each is an Optax schedule: it goes where a learning rate goes, works under jit, and its value at a
count is PyTorch's learning rate after that many calls of `scheduler.step()`, to rounding, in the
default float dtype. PyTorch multiplies the learning rate before; where that is the closed form to
rounding, here stands the closed form, and where it is not, what PyTorch's users get.

The learning rate that PyTorch's take from their optimiser is the first argument, and `last_epoch`
is a count to start from: `lambda count: schedule(count + 100)`. What PyTorch steps once an epoch
counts epochs: `lambda count: schedule(count // steps_per_epoch)`.

`ReduceLROnPlateau`, which goes by a measured value, is a pure state transition.
"""

from collections.abc import Callable
from typing import Any

from jaxdl.optim.schedules._schedule import Schedule
from jaxdl.optim.schedules.combine import chained_scheduler, sequential_lr
from jaxdl.optim.schedules.cycles import (
    cosine_annealing_lr,
    cosine_annealing_warm_restarts,
    cyclic_lr,
    cyclic_momentum,
    one_cycle_lr,
    one_cycle_momentum,
    swa_lr,
)
from jaxdl.optim.schedules.decay import (
    constant_lr,
    exponential_lr,
    lambda_lr,
    linear_lr,
    multi_step_lr,
    multiplicative_lr,
    polynomial_lr,
    step_lr,
)
from jaxdl.optim.schedules.plateau import Plateau, PlateauState, reduce_lr_on_plateau

SCHEDULES: dict[str, Callable[..., Any]] = {
    "LambdaLR": lambda_lr,
    "MultiplicativeLR": multiplicative_lr,
    "StepLR": step_lr,
    "MultiStepLR": multi_step_lr,
    "ConstantLR": constant_lr,
    "LinearLR": linear_lr,
    "ExponentialLR": exponential_lr,
    "PolynomialLR": polynomial_lr,
    "CosineAnnealingLR": cosine_annealing_lr,
    "CosineAnnealingWarmRestarts": cosine_annealing_warm_restarts,
    "CyclicLR": cyclic_lr,
    "OneCycleLR": one_cycle_lr,
    "SequentialLR": sequential_lr,
    "ChainedScheduler": chained_scheduler,
    "SWALR": swa_lr,
    "ReduceLROnPlateau": reduce_lr_on_plateau,
}
"""Every schedule by PyTorch's name for it."""

__all__ = [
    "SCHEDULES",
    "Plateau",
    "PlateauState",
    "Schedule",
    "chained_scheduler",
    "constant_lr",
    "cosine_annealing_lr",
    "cosine_annealing_warm_restarts",
    "cyclic_lr",
    "cyclic_momentum",
    "exponential_lr",
    "lambda_lr",
    "linear_lr",
    "multi_step_lr",
    "multiplicative_lr",
    "one_cycle_lr",
    "one_cycle_momentum",
    "polynomial_lr",
    "reduce_lr_on_plateau",
    "sequential_lr",
    "step_lr",
    "swa_lr",
]
