"""All cases, in the order in which they are told."""

from __future__ import annotations

from benchmarks.faults import (
    gradients,
    losses,
    mlp,
    optimizers,
    resume,
    schedules,
    sound_training,
    weights,
)
from benchmarks.faults.case import Case

CASES: list[Case] = [
    *mlp.CASES,
    *losses.CASES,
    *gradients.CASES,
    *optimizers.CASES,
    *schedules.CASES,
    *resume.CASES,
    *weights.CASES,
    *sound_training.CASES,
]
