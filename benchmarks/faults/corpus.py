"""All cases, in the order in which they are told."""

from __future__ import annotations

from benchmarks.faults import (
    attention,
    biases,
    cells,
    cnn,
    cnn1d,
    decoder,
    fused,
    image,
    mlp,
    mlp_norms,
    rnn,
    sound_attention,
    sound_sequences,
)
from benchmarks.faults.case import Case

CASES: list[Case] = [
    *mlp.CASES,
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
]
