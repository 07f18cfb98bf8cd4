"""All cases, in the order in which they are told."""

from __future__ import annotations

from benchmarks.faults import cells, mlp, rnn
from benchmarks.faults.case import Case

CASES: list[Case] = [*mlp.CASES, *rnn.CASES, *cells.CASES]
