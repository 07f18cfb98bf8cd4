"""Run the corpus: `python -m benchmarks.faults [FAULT …] [--tell]`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from benchmarks.faults.corpus import CASES, scored_number
from benchmarks.faults.score import RESULTS, summary
from jaxdl._files import replacing


def main() -> None:
    """Score the cases, all of them or those of some faults; all are written down."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults")
    parser.add_argument("faults", nargs="*", help="only these")
    parser.add_argument("--net", help="only cases of this net")
    parser.add_argument("--tell", action="store_true", help="say what the doctor says of each")
    parser.add_argument("--write", action="store_true", help="write some into the results, too")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="so many at a time")
    asked = parser.parse_args()
    chosen = [
        number
        for number, case in enumerate(CASES)
        if (not asked.faults or case.fault in asked.faults)
        and (not asked.net or case.net == asked.net)
    ]
    if not chosen:
        parser.error("there is no such case")
    records = []
    for number, record in zip(chosen, _scored(chosen, asked.jobs), strict=True):
        case = CASES[number]
        records.append(record)
        right = not record["alarm"] if case.sound else record["place_right"] * record["cause_right"]
        if asked.tell or not right:
            found = record["found"]
            told = f"{found['stage']}: {found['place']}: {found['cause']}"
            print(f"{'right' if right else 'WRONG'}  {case.name}  {told}", file=sys.stderr)
    print(json.dumps(summary(records), indent=1))
    if asked.write and len(chosen) < len(CASES):
        names = _names((case.fault, case.net, case.stage) for case in CASES)
        old = json.loads(RESULTS.read_text())["cases"]
        known = dict(zip(_names((r["fault"], r["net"], r["stage"]) for r in old), old, strict=True))
        known |= {names[number]: record for number, record in zip(chosen, records, strict=True)}
        lacking = dict.fromkeys(name[0] for name in names if name not in known)
        if lacking:
            parser.error(f"these were never measured, name them, too: {' '.join(lacking)}")
        records = [known[name] for name in names]
    if asked.write or len(chosen) == len(CASES):
        document = {"schema": 1, "score": summary(records), "cases": records}
        with replacing(RESULTS) as path:
            path.write_text(json.dumps(document, indent=1) + "\n")


def _names(cases: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str, int]]:
    """A name for each: its own, and which of that name it is."""
    seen: Counter[tuple[str, str, str]] = Counter()
    names = []
    for case in cases:
        names.append((*case, seen[case]))
        seen[case] += 1
    return names


def _scored(numbers: list[int], jobs: int) -> Iterator[dict[str, Any]]:
    """The records of some cases, in their order."""
    if jobs < 2 or len(numbers) < 4:
        yield from map(scored_number, numbers)
        return
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        yield from pool.map(scored_number, numbers)


if __name__ == "__main__":
    main()
