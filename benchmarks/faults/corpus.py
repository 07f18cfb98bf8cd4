"""All cases, in the order in which they are told."""

from __future__ import annotations

from benchmarks.faults import (
    cnn,
    cnn1d,
    decoder,
    image,
    mlp,
    mlp_norms,
    sound_cnn,
    sound_forms,
)
from benchmarks.faults.case import Case

CASES: list[Case] = [
    *mlp.CASES,
    *cnn.CASES,
    *decoder.CASES,
    *cnn1d.CASES,
    *image.CASES,
    *mlp_norms.CASES,
    *sound_cnn.CASES,
    *sound_forms.CASES,
]
