"""How good the lessons' nets become with the lecture's values, on the lecture's data: three seeds.

`python -m benchmarks.accuracy` runs what has no result yet (hours, with JAXDL_DATA_DIR or after
`jaxdl data prepare mnist` and `names`) and writes `benchmarks/results/accuracy/CASE-seedN.json`:
the run's JSON without the loss of every step. `python -m tools.pages project` makes the README's
table of them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results" / "accuracy"
CASES = {
    "l09": ["l09", "--data", "mnist"],
    "l10": ["l10", "--data", "mnist"],
    "l11-resnet": ["l11", "--model", "resnet", "--data", "mnist"],
    "l11-googlenet": ["l11", "--model", "googlenet", "--data", "mnist"],
    "l13": ["l13", "--data", "names"],
    "l15": ["l15"],
    "l16": ["l16"],
}
SEEDS = (0, 1, 2)


def path(case: str, seed: int) -> Path:
    """Where a result is, or would be."""
    return RESULTS / f"{case}-seed{seed}.json"


def results() -> dict[str, list[dict[str, Any]]]:
    """Case -> the committed runs of its seeds."""
    return {
        case: [json.loads(path(case, seed).read_text("utf-8")) for seed in SEEDS] for case in CASES
    }


def measure(case: str, seed: int) -> None:
    """Run one case and write its result."""
    arguments = ["run", *CASES[case], "--seed", str(seed)]
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "run.json"
        subprocess.run(
            [sys.executable, "-m", "jaxdl.cli", *arguments, "--json", str(file)], check=True
        )
        document = json.loads(file.read_text("utf-8"))
    del document["history"]["loss"], document["seconds"]  # long; measured beside other work
    document["command"] = " ".join(["jaxdl", *arguments])
    RESULTS.mkdir(parents=True, exist_ok=True)
    path(case, seed).write_text(json.dumps(document, indent=1) + "\n", "utf-8")


def main() -> None:
    """Run the cases that have no result."""
    for seed in SEEDS:
        for case in CASES:
            if not path(case, seed).exists():
                measure(case, seed)


if __name__ == "__main__":
    main()
