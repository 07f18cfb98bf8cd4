"""Derivatives beyond `backward` in three ways: of the nets, and by their size.

`python -m benchmarks.derivatives` writes `benchmarks/results/derivatives.json`; with the names of
parts it writes these anew: `nets`, `names` (the recurrent net, which takes longest), `sweep` and
`programs`. Each is one call of `jaxdl bench derivatives` on an otherwise idle machine, the three
ways taking turns; the call stands beside what it found. `tools.derivatives` makes tables and a
figure of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from jaxdl.course.document import environment

RESULT = Path(__file__).parent / "results" / "derivatives.json"
PARTS = {
    "nets": "l07 l09 l10",
    "names": "l13 --blocks 5",
    "sweep": "l10 --sweep --blocks 5",
    "programs": "--only fixed-point --only truncated --sweep",
}


def measured(arguments: str) -> dict[str, object]:
    """What one call of the command found, with the call."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "found.json"
        command = ["-m", "jaxdl", "bench", "derivatives", *arguments.split()]
        subprocess.run([sys.executable, *command, "--json", str(place)], check=True)
        found = json.loads(place.read_text("utf-8"))
    return {"command": f"jaxdl bench derivatives {arguments}", **found}


def main(arguments: list[str]) -> None:
    """Measure, and write the result."""
    document = json.loads(RESULT.read_text("utf-8")) if arguments and RESULT.exists() else {}
    for name in arguments or PARTS:
        document[name] = measured(PARTS[name])
    document["environment"] = environment()
    RESULT.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
