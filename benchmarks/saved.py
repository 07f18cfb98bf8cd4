"""What each framework keeps of the way there for the way back, in bytes.

`python -m benchmarks.saved` writes `benchmarks/results/saved.json`; with the name of a part,
`nets`, `batch` or `depth`, it writes that part anew. Of every net of the course, with the lecture's
values, on its first batch; of one net by its batch; of a stack of linear layers by its depth, with
and without checkpoints. `tools.saved` makes tables and a figure of it.

PyTorch's bytes are of the distinct storages in its graph, those of parameters apart, beside the
most that its allocator held at one time. JAX's are of its residuals, those that are parameters or
the batch apart, beside what XLA lays out for the compiled loss with its gradient. To compare the
two, add JAX's residuals of the batch: in PyTorch's bytes they are. Nothing is
timed. The counts of bytes are the same on every CPU; only the two peaks depend on the machine.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp

from jaxdl import ops
from jaxdl.autograd.saved_jax import saved_jax
from jaxdl.autograd.saved_torch import saved_torch
from jaxdl.course import Lesson, find, lessons
from jaxdl.course.bench import LessonCase
from jaxdl.course.document import environment

RESULT = Path(__file__).parent / "results" / "saved.json"
BATCHES = (16, 64, 256)
DEPTHS = (4, 8, 16, 32)
WIDTH, ROWS, SEGMENT = 128, 256, 4  # of the stack: units of a layer, examples, layers a checkpoint


def nets(lesson: Lesson, net: str = "", size: int | None = None) -> list[dict[str, Any]]:
    """A lesson's nets, or one of them, on its first batch or on one of `size` examples."""
    found = []
    for name, fields in (lesson.nets or {"default": {}}).items():
        if net and name != net:
            continue
        given = dict(fields) if size is None else {**fields, lesson.batch: size}
        config = lesson.config(**given)
        program, twin = lesson.program(config), lesson.twin(config, "float32")
        data = program.examples()
        params, batch = program.init(jax.random.key(0)), lesson.first_batch(config, data)
        # A view keeps the whole data set; a DataLoader copies a batch out of it.
        copied = tuple(column.clone() for column in lesson.first_batch(config, twin.examples()))
        theirs = saved_torch(twin.loss, twin.model, copied)
        entry = {
            "net": lesson.name if name == "default" else f"{lesson.name} {name}",
            "examples": LessonCase(lesson, name, config).examples(len(data[0])),
            "torch": asdict(theirs),
            "jax": counted(program.loss, params, batch),
        }
        if lesson.flax:
            with ops.xla():  # a new function, for JAX remembers what it traced by the function
                entry["jax_own"] = counted(partial(program.loss), params, batch)
        print(line(entry))
        found.append(entry)
    return found


def counted(loss: Any, params: Any, batch: Any) -> dict[str, Any]:
    """JAX's residuals and what is allocated: the parameters' and the batch's bytes apart."""
    saved = saved_jax(loss, params, batch)
    return {
        "residuals": sum(r.source in ("operation", "constant") for r in saved.residuals),
        "bytes": saved.bytes("operation", "constant"),
        "parameter_bytes": saved.bytes("parameter"),
        "input_bytes": saved.bytes("input"),
        "memory": saved.memory and asdict(saved.memory),
    }


def stack(depth: int, again: bool) -> dict[str, Any]:
    """`depth` times tanh(xW + b), in both frameworks; in JAX one after the other, and in a scan.

    Args:
        depth: layers.
        again: with a checkpoint round every `SEGMENT` of them, whose inside is computed again on
            the way back.
    """
    import torch
    from torch.utils.checkpoint import checkpoint

    torch.manual_seed(0)
    layers: list[Any] = [
        torch.nn.Sequential(torch.nn.Linear(WIDTH, WIDTH), torch.nn.Tanh()) for _ in range(depth)
    ]
    model = torch.nn.Sequential(*layers)

    def torch_loss(model: Any, x: Any) -> Any:
        for i in range(0, depth, SEGMENT):
            part = model[i : i + SEGMENT]
            x = checkpoint(part, x, use_reentrant=False) if again else part(x)
        return (x**2).mean()

    def part(params: Any, x: Any) -> Any:
        for kernel, bias in params:
            x = jnp.tanh(x @ kernel + bias)
        return x

    def loss(params: Any, x: Any) -> Any:
        for i in range(0, depth, SEGMENT):
            x = (jax.checkpoint(part) if again else part)(params[i : i + SEGMENT], x)
        return jnp.mean(x**2)

    def scanned(params: Any, x: Any) -> Any:
        def body(x: Any, params: Any) -> Any:
            rows = list(zip(*params, strict=True))
            return (jax.checkpoint(part) if again else part)(rows, x), None

        return jnp.mean(jax.lax.scan(body, x, params)[0] ** 2)

    params = [
        (jnp.asarray(layer.weight.detach().numpy().T), jnp.asarray(layer.bias.detach().numpy()))
        for layer, _ in layers
    ]
    stacked = [
        jnp.stack(leaves).reshape(-1, SEGMENT, *leaves[0].shape)
        for leaves in zip(*params, strict=True)
    ]
    x = torch.randn(ROWS, WIDTH)
    examples = jnp.asarray(x.numpy())
    entry = {
        "net": f"{depth} layers{', checkpointed' * again}",
        "depth": depth,
        "checkpoint": again,
        "torch": asdict(saved_torch(torch_loss, model, x)),
        "jax": counted(loss, params, examples),
        "jax_scan": counted(scanned, stacked, examples),
    }
    print(line(entry))
    return entry


def line(entry: dict[str, Any]) -> str:
    """One net, in megabytes, for the terminal."""
    told = {
        "PyTorch": entry["torch"]["bytes"],
        "peak": entry["torch"]["peak"],
        "JAX": entry["jax"]["bytes"],
        "compiled": entry["jax"]["memory"]["temporary"],
    }
    if "jax_own" in entry:
        told |= {"own": entry["jax_own"]["bytes"]}
    return f"{entry['net']:26}" + "  ".join(f"{k} {v / 1e6:9.6f}" for k, v in told.items())


PARTS: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "nets": lambda: [net for lesson in lessons() if lesson.number > 1 for net in nets(lesson)],
    "batch": lambda: [net for size in BATCHES for net in nets(find("l10"), "lecture", size)],
    "depth": lambda: [stack(depth, again) for again in (False, True) for depth in DEPTHS],
}


def main(arguments: list[str]) -> None:
    """Count, and write the result."""
    document = json.loads(RESULT.read_text("utf-8")) if arguments else {}
    for name in arguments or PARTS:
        document[name] = PARTS[name]()
    document["stack"] = {"width": WIDTH, "examples": ROWS, "layers a checkpoint": SEGMENT}
    document["environment"] = environment()
    RESULT.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
