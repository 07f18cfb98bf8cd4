"""All cases, in the order in which they are told."""

from __future__ import annotations

from benchmarks.faults import attention, cells, cnn, mlp, rnn
from benchmarks.faults.case import Case

CASES: list[Case] = [*mlp.CASES, *cnn.CASES, *rnn.CASES, *cells.CASES, *attention.CASES]
