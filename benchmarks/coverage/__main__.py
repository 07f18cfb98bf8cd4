"""What is carried over of PyTorch's modules, losses and optimisers, held to its own databases.

python -m benchmarks.coverage               # all; writes benchmarks/results/coverage.json
python -m benchmarks.coverage --every 10    # every tenth configuration of each; writes nothing
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks.coverage import modules, optimizers
from benchmarks.coverage.row import LIMIT, Row
from jaxdl._files import replacing

RESULTS = Path(__file__).parents[1] / "results" / "coverage.json"


def table(rows: Sequence[Row]) -> list[dict[str, object]]:
    """One entry a module or optimiser: how many configurations, the largest error, what is not."""
    names: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        names.setdefault((row.kind, row.name), []).append(row)
    return [
        {
            "kind": kind,
            "name": name,
            "configurations": len(found),
            "carried": sum(row.carried for row in found),
            "largest_error": max((r.error for r in found if r.error is not None), default=None),
            "not_carried": [
                {"configuration": row.configuration, "why": row.reason}
                for row in found
                if not row.carried
            ],
        }
        for (kind, name), found in sorted(names.items())
    ]


def main() -> None:
    """Measure, print a line for each, and write all of it down."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage")
    parser.add_argument("--every", type=int, default=1, help="only every so-manieth configuration")
    every = parser.parse_args().every
    found = table([*modules.rows(every), *optimizers.rows(every)])
    for entry in found:
        error = entry["largest_error"]
        told = f"{error:.1e}" if isinstance(error, float) else "-"
        name, carried, all_ = entry["name"], entry["carried"], entry["configurations"]
        print(f"{entry['kind']:9} {name:26} {carried:4} of {all_:4}  {told}")
        for one in entry["not_carried"]:  # pyright: ignore[reportGeneralTypeIssues]
            print(f"{'':10}{one['configuration']}: {one['why']}")
    for kind in ("module", "optimizer"):
        whole = [e for e in found if e["kind"] == kind]
        right = sum(e["carried"] == e["configurations"] for e in whole)
        print(f"{kind}s: {right} of {len(whole)} in every configuration")
    if every == 1:
        document = {
            "schema": 1,
            "command": "python -m benchmarks.coverage",
            "limit": LIMIT,
            "versions": {name: version(name) for name in ("torch", "jax", "flax", "optax")},
            "entries": found,
            "beside_the_database": modules.BESIDE,
            "without": modules.WITHOUT,
        }
        with replacing(RESULTS) as path:
            path.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
