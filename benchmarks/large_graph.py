"""How long a large net takes to draw: recorded, tied, written as a page, opened in a browser.

`python -m benchmarks.large_graph` writes `benchmarks/results/large_graph.json`. The net is a chain
of linear layers and tanh in a file of its own, as `jaxdl autograd yours.py` takes it: PyTorch and
JAX, of so many layers that each graph has the wanted number of nodes. Seconds are the process's
own CPU time and the clock's; nothing else should run beside it.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from jaxdl._files import replacing
from jaxdl.autograd.page import page
from jaxdl.autograd.svg import svg
from jaxdl.cli.autograd import record_yours
from jaxdl.cli.yours import read
from jaxdl.course.document import environment

RESULT = Path(__file__).parent / "results" / "large_graph.json"
CHAIN = """
import jax.numpy as jnp, numpy as np, torch

rng = np.random.default_rng(0)
weights = [rng.normal(size=(4, 4)).astype("float32") / 2 for _ in range({layers})]
params = [{{"kernel": w.T, "bias": np.zeros(4, "float32")}} for w in weights]
batch = rng.normal(size=(3, 4)).astype("float32")

def loss(params, x):
    for layer in params:
        x = jnp.tanh(x @ layer["kernel"] + layer["bias"])
    return (x * x).mean()

model = torch.nn.Sequential()
for w in weights:
    linear = torch.nn.Linear(4, 4)
    with torch.no_grad():
        linear.weight.copy_(torch.from_numpy(w))
        linear.bias.zero_()
    model.extend([linear, torch.nn.Tanh()])

def torch_loss(model, x):
    y = model(x)
    return (y * y).mean()
"""


def measured(layers: int) -> dict[str, Any]:
    """One chain: how many nodes, and the seconds of each part."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "chain.py"
        file.write_text(CHAIN.format(layers=layers))
        seconds: dict[str, list[float]] = {}
        yours = read(str(file))
        recording = _timed(seconds, "recorded and tied", lambda: record_yours(yours, 1))
        html = _timed(seconds, "page", lambda: page(recording))
        drawn = _timed(seconds, "picture", lambda: svg(recording.steps[0]))
        graphs = recording.steps[0].graphs
        return {
            "layers": layers,
            "nodes": {world: len(graph.nodes) for world, graph in graphs.items()},
            "seconds": {part: wall for part, (wall, _) in seconds.items()},
            "cpu_seconds": {part: own for part, (_, own) in seconds.items()},
            "page_bytes": len(html.encode()),
            "picture_bytes": len(drawn.encode()),
        }


def _timed(seconds: dict[str, list[float]], part: str, run: Any) -> Any:
    wall, own = time.perf_counter(), time.process_time()
    result = run()
    seconds[part] = [round(time.perf_counter() - wall, 2), round(time.process_time() - own, 2)]
    return result


def main() -> None:
    """Measure chains of these lengths, and write the figures down."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.large_graph")
    parser.add_argument("layers", nargs="*", type=int, default=[100, 400, 1000])
    layers = parser.parse_args().layers
    measured(3)  # what is imported and compiled once
    rows = [measured(count) for count in layers]
    for row in rows:
        print(json.dumps(row))
    with replacing(RESULT) as path:
        document = {"schema": 1, "environment": environment(), "chains": rows}
        path.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
