"""What a layer-wise comparison needs, over what the two models need by themselves.

`python -m benchmarks.memory` writes `benchmarks/results/memory.json`. The net is a perceptron of
50 million parameters; each measurement is a process of its own, and its peak is over what the
process held before the models were there. By themselves the models hold their parameters, and run
forward once, or take their gradients once, one after the other.
"""

from __future__ import annotations

import gc
import json
import resource
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from jaxdl._files import replacing
from jaxdl.course.document import environment

RESULT = Path(__file__).parent / "results" / "memory.json"
WIDTHS = (1024, 2048, 2048, 2048, 2048, 2048, 2048, 2048, 2048, 2048, 2048, 2048, 2048, 1024)
BATCH = 8
PARTS = ("forward", "gradients")


def of_models(gradients: bool) -> None:
    """Both models with the same numbers, each run once."""
    import jax
    import torch

    model, params, x = _models()
    params = jax.tree.map(jax.numpy.asarray, params)
    tensor = torch.from_numpy(x)
    if gradients:
        _torch_loss(model, (tensor,)).backward()
        jax.block_until_ready(jax.jit(jax.grad(_loss))(params, (x,)))
    else:
        with torch.no_grad():
            model(tensor)
        jax.block_until_ready(jax.jit(_apply)(params, x))


def of_comparison(gradients: bool) -> None:
    """The same two models compared."""
    from jaxdl.parity import compare

    model, params, x = _models()
    losses: dict[str, Any] = {"loss": _loss, "torch_loss": _torch_loss} if gradients else {}
    found = compare(model, params, (x,), apply=_apply, **losses)
    assert found.agree, found.worst
    assert len(found.layers) == 2 * len(WIDTHS) - 1  # the model itself, too


def _models() -> tuple[Any, Any, np.ndarray]:
    import torch

    torch.manual_seed(0)
    parts: list[Any] = []
    for ins, outs in pairwise(WIDTHS):
        parts += [torch.nn.Linear(ins, outs), torch.nn.Tanh()]
    model = torch.nn.Sequential(*parts)
    params = {
        str(2 * k): {"kernel": np.zeros((ins, outs), np.float32), "bias": np.zeros(outs, "float32")}
        for k, (ins, outs) in enumerate(pairwise(WIDTHS))
    }
    return model, params, np.random.default_rng(0).normal(size=(BATCH, WIDTHS[0])).astype("float32")


def _apply(params: Any, x: Any) -> Any:
    import jax.numpy as jnp

    for name in sorted(params, key=int):
        x = jnp.tanh(x @ params[name]["kernel"] + params[name]["bias"])
    return x


def _loss(params: Any, batch: Any) -> Any:
    return (_apply(params, batch[0]) ** 2).mean()


def _torch_loss(model: Any, batch: Any) -> Any:
    return (model(batch[0]) ** 2).mean()


def child(what: str, part: str) -> None:
    """Print the peak over what was held before, in bytes."""
    import jax
    import torch

    from jaxdl import parity

    del parity
    jax.block_until_ready(jax.jit(lambda x: x @ x)(np.ones((8, 8), "float32")))
    torch.mm(torch.ones(8, 8), torch.ones(8, 8))
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    {"models": of_models, "comparison": of_comparison}[what](part == "gradients")
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)


def main() -> None:
    """Measure, and write the figures down."""
    if len(sys.argv) == 3:
        child(*sys.argv[1:])
        return
    count = sum(a * b + b for a, b in pairwise(WIDTHS))
    found: dict[str, Any] = {"parameters": count, "parameter_bytes_of_both": 8 * count}
    for part in PARTS:
        peaks = {}
        for what in ("models", "comparison"):
            command = [sys.executable, "-m", "benchmarks.memory", what, part]
            peaks[what] = int(subprocess.run(command, check=True, capture_output=True).stdout)
        found[part] = {**peaks, "ratio": round(peaks["comparison"] / peaks["models"], 3)}
        print(f"{part}: {found[part]}")
    with replacing(RESULT) as path:
        document = {"schema": 1, "environment": environment(), **found}
        path.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
