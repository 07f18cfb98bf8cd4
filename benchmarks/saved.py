"""What each framework keeps of the way there for the way back, in bytes.

`python -m benchmarks.saved` writes `benchmarks/results/saved.json`; with the name of a part,
`nets`, `batch`, `length` or `depth`, it writes that part anew. Of every net of the course, with the
lecture's values, on its first batch, with and without a checkpoint round the loss; of one net by
its batch; of the recurrent ones by the length of what they read; of a stack of linear layers by its
depth, with and without checkpoints. `tools.saved` makes tables and a figure of it.

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
import numpy as np

from jaxdl import ops
from jaxdl.autograd.saved_jax import saved_jax
from jaxdl.autograd.saved_torch import saved_torch
from jaxdl.course import Lesson, find, lessons
from jaxdl.course.bench import LessonCase
from jaxdl.course.document import environment

RESULT = Path(__file__).parent / "results" / "saved.json"
BATCHES = (16, 64, 256)
LENGTHS = (10, 20, 40, 80)
NAMES = 64  # names of one length that lesson 13's net reads at once
DEPTHS = (4, 8, 16, 32)
WIDTH, ROWS, SEGMENT = 128, 256, 4  # of the stack: units of a layer, examples, layers a checkpoint


POLICIES = {
    "dots": jax.checkpoint_policies.dots_saveable,
    "nothing": jax.checkpoint_policies.nothing_saveable,
}


def nets(
    lesson: Lesson, net: str = "", size: int | None = None, again: bool = False
) -> list[dict[str, Any]]:
    """A lesson's nets, or one of them, on its first batch or on one of `size` examples.

    Args:
        again: with a checkpoint round the loss, too, by each of `POLICIES`.
    """
    found = []
    for name, fields in (lesson.nets or {"default": {}}).items():
        if net and name != net:
            continue
        given = dict(fields) if size is None else {**fields, lesson.batch: size}
        config = lesson.config(**given)
        program, twin = lesson.program(config), lesson.twin(config, "float32")
        data = program.examples()
        theirs = lesson.first_batch(config, twin.examples())
        entry = {
            "net": lesson.name if name == "default" else f"{lesson.name} {name}",
            "examples": LessonCase(lesson, name, config).examples(len(data[0])),
            **both(lesson, config, lesson.first_batch(config, data), theirs, again),
        }
        print(line(entry), flush=True)
        found.append(entry)
    return found


def both(
    lesson: Lesson, config: Any, batch: Any, theirs: Any, again: bool = False
) -> dict[str, Any]:
    """A lesson's two programs on a batch: NumPy's columns, and tensors."""
    program, twin = lesson.program(config), lesson.twin(config, "float32")
    params = program.init(jax.random.key(0))
    # A view keeps the whole data set; a DataLoader copies a batch out of it.
    theirs = tuple(column.clone() for column in theirs)
    entry = {
        "torch": asdict(saved_torch(twin.loss, twin.model, theirs)),
        "jax": counted(program.loss, params, batch),
    }
    if again:
        from torch.utils.checkpoint import checkpoint

        def whole(model: Any, batch: Any) -> Any:
            """It keeps what it is given as tensors; none of these nets draws random numbers."""
            inside = lambda *columns: twin.loss(model, columns)  # noqa: E731
            return checkpoint(inside, *batch, use_reentrant=False, preserve_rng_state=False)

        entry["torch_checkpoint"] = asdict(saved_torch(whole, twin.model, theirs))
        for name, policy in POLICIES.items():
            ours = jax.checkpoint(partial(program.loss), policy=policy)
            entry[f"jax_{name}"] = counted(ours, params, batch)
    if lesson.flax:
        with ops.xla():  # a new function, for JAX remembers what it traced by the function
            entry["jax_own"] = counted(partial(program.loss), params, batch)
    return entry


def longer(lesson: Lesson, net: str, length: int) -> dict[str, Any]:
    """A recurrent net on a text of `length` letters: the lesson's word over and over, or names."""
    import torch

    config = lesson.config(**lesson.nets[net])
    examples = lesson.program(config).examples()
    if lesson.batch:  # each row a name
        rows = np.random.default_rng(0).integers(97, 123, (NAMES, length)).astype(examples[0].dtype)
        batch = rows, examples[1][:NAMES]
    else:  # one word, the letters along the first axis
        x, y = examples
        batch = tuple(np.concatenate([column] * (length // len(y))) for column in (x, y))
    theirs = lesson.twin(config, "float32").examples()
    tensors = tuple(
        torch.from_numpy(column).to(like.dtype) for column, like in zip(batch, theirs, strict=True)
    )
    name = lesson.name if net == "default" else f"{lesson.name} {net}"
    entry = {"net": name, "length": length, **both(lesson, config, batch, tensors)}
    print(line(entry), flush=True)
    return entry


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
    print(line(entry), flush=True)
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
    "nets": lambda: [
        net for lesson in lessons() if lesson.number > 1 for net in nets(lesson, again=True)
    ],
    "batch": lambda: [net for size in BATCHES for net in nets(find("l10"), "lecture", size)],
    "length": lambda: [
        longer(find(lesson), net, length)
        for lesson, net in (("l12", "cell"), ("l12", "rnn"), ("l13", "default"))
        for length in LENGTHS
    ],
    "depth": lambda: [stack(depth, again) for again in (False, True) for depth in DEPTHS],
}


def main(arguments: list[str]) -> None:
    """Count, and write the result."""
    found = {}
    for name in arguments or PARTS:
        found[name] = PARTS[name]()
    document = json.loads(RESULT.read_text("utf-8")) if arguments else {}
    document |= found
    document["stack"] = {"width": WIDTH, "examples": ROWS, "layers a checkpoint": SEGMENT}
    document["environment"] = environment()
    RESULT.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
