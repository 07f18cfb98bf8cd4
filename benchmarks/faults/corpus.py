"""All cases, in the order in which they are told."""

from __future__ import annotations

from typing import Any

from benchmarks.faults import (
    attention,
    biases,
    cells,
    cnn,
    cnn1d,
    decoder,
    fused,
    gradients,
    image,
    losses,
    mlp,
    mlp_norms,
    optimizers,
    resume,
    rnn,
    schedules,
    sound_attention,
    sound_cnn,
    sound_forms,
    sound_lessons,
    sound_sequences,
    sound_training,
    weights,
)
from benchmarks.faults.case import Case
from benchmarks.faults.score import scored

CASES: list[Case] = [
    *mlp.CASES,
    *losses.CASES,
    *gradients.CASES,
    *optimizers.CASES,
    *schedules.CASES,
    *resume.CASES,
    *weights.CASES,
    *sound_training.CASES,
    *cnn.CASES,
    *decoder.CASES,
    *cnn1d.CASES,
    *image.CASES,
    *mlp_norms.CASES,
    *rnn.CASES,
    *cells.CASES,
    *attention.CASES,
    *biases.CASES,
    *fused.CASES,
    *sound_sequences.CASES,
    *sound_attention.CASES,
    *sound_cnn.CASES,
    *sound_forms.CASES,
    *sound_lessons.CASES,
]


def scored_number(number: int) -> dict[str, Any]:
    """The record of a case by its number: what another process can be told."""
    return scored(CASES[number])
