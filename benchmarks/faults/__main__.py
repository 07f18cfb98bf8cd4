"""Run the corpus: `python -m benchmarks.faults [FAULT …] [--tell]`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.faults.corpus import CASES
from benchmarks.faults.score import scored, summary
from jaxdl._files import replacing

RESULTS = Path(__file__).parent.parent / "results" / "faults.json"


def main() -> None:
    """Score the cases, all of them or those of some faults; all are written down."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults")
    parser.add_argument("faults", nargs="*", help="only these")
    parser.add_argument("--net", help="only cases of this net")
    parser.add_argument("--tell", action="store_true", help="say what the doctor says of each")
    asked = parser.parse_args()
    cases = [c for c in CASES if not asked.faults or c.fault in asked.faults]
    cases = [c for c in cases if not asked.net or c.net == asked.net]
    if not cases:
        parser.error("there is no such case")
    records = []
    for case in cases:
        record = scored(case)
        records.append(record)
        right = not record["alarm"] if case.sound else record["place_right"] * record["cause_right"]
        if asked.tell or not right:
            found = record["found"]
            told = f"{found['stage']}: {found['place']}: {found['cause']}"
            print(f"{'right' if right else 'WRONG'}  {case.name}  {told}", file=sys.stderr)
    score = summary(records)
    print(json.dumps(score, indent=1))
    if not asked.faults and not asked.net:
        text = json.dumps({"schema": 1, "score": score, "cases": records}, indent=1)
        with replacing(RESULTS) as path:
            path.write_text(text + "\n")


main()
