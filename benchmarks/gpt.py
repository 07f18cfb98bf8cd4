"""Lesson 18 on Shakespeare, both programs, beside nanoGPT's loss; and where the trained heads look.

`python -m benchmarks.gpt` (minutes a run, with JAXDL_DATA_DIR or after `jaxdl data prepare
shakespeare`) runs what has no result yet and writes `benchmarks/results/gpt/PROGRAM-seedN.json`,
the losses every 250 steps, and `heads.json`, the attention of the first run's net on a line of
unread text. Of these it draws `nanogpt.png` and `heads.png` beside the lesson's chapter.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from jaxdl import plots
from jaxdl._files import replacing
from jaxdl.course import find
from jaxdl.course.document import environment
from jaxdl.plots import say

RESULTS = Path(__file__).parent / "results" / "gpt"
RUNS = [("functional", 0), ("functional", 1), ("functional", 2), ("imperative", 0)]
DATA = "shakespeare"
NANOGPT = 1.88
"""Validation loss after 2,000 steps with these numbers, says nanoGPT's README (20 batches)."""
LETTERS = 24


def path(program: str, seed: int) -> Path:
    """Where a run's result is, or would be."""
    return RESULTS / f"{program}-seed{seed}.json"


def results() -> dict[tuple[str, int], dict[str, Any]]:
    """The runs that there are."""
    return {run: json.loads(path(*run).read_text("utf-8")) for run in RUNS if path(*run).is_file()}


def functional(seed: int, net: Path) -> dict[str, Any]:
    """Train as the command line does; the net is kept."""
    arguments = ["run", "l18", "--data", DATA, "--seed", str(seed)]
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "run.json"
        more = ["--keep", str(net), "--json", str(file)]
        subprocess.run([sys.executable, "-m", "jaxdl.cli", *arguments, *more], check=True)
        document = json.loads(file.read_text("utf-8"))
    del document["history"]["loss"], document["seconds"]  # long; measured beside other work
    return document | {"command": " ".join(["jaxdl", *arguments])}


def imperative(seed: int) -> dict[str, Any]:
    """Train the twin."""
    lesson = find("l18")
    config = lesson.config(data=DATA, seed=seed)
    twin = lesson.twin(config, "float32")
    assert twin.test_examples is not None
    _, history = twin.train(twin.examples(), test=twin.test_examples())
    means = [sum(losses) / len(losses) for losses in history.pop("loss")]
    command = "python -m benchmarks.gpt"
    return {"history": {"epoch_loss": means, **history}, "command": command} | {
        "environment": environment()
    }


def heads(net: Path) -> dict[str, Any]:
    """Every head's weights while the net reads a line of the text that no step saw."""
    import jax
    import numpy as np

    from jaxdl.train.trained import load_trained

    lesson = find("l18")
    params, run = load_trained(net)
    config = lesson.config(**run["config"])
    line = lesson.functional.test_examples(config)[0][0, :LETTERS]
    read = jax.jit(lesson.functional.read, static_argnums=2)
    _, _, weights = read(params, line[None], config.compiled)
    return {
        "command": "python -m benchmarks.gpt",
        "line": bytes(line).decode("ascii"),
        "weights": [np.round(np.asarray(block[0], np.float64), 3).tolist() for block in weights],
    }


def curves() -> Any:
    """The runs' losses beside nanoGPT's."""
    figure, (axes,) = plots.row(1, height=3.8)
    for (program, seed), run in results().items():
        history = run["history"]
        steps = [250 * (i + 1) for i in range(len(history["test_loss"]))]
        color = plots.COLORS[program == "functional"]
        name = f"{program}.py" if seed == 0 else "_"
        axes.plot(steps, history["test_loss"], ".-", color=color, label=name)
        if seed == 0:
            axes.plot(steps, history["epoch_loss"], ":", color=color, label=f"{name} ")
    plots.name_lines(axes)
    axes.axhline(NANOGPT, color="black", linewidth=0.8)
    axes.text(250, NANOGPT, f"nanoGPT: {NANOGPT}", va="bottom")
    title = "loss of unread Shakespeare (dotted: of the steps' own letters)"
    axes.set(title=say(title, "没读过的莎士比亚的损失（点线：训练各步自己的损失）"))
    axes.set(xlabel=say("step"), ylabel=say("loss, nats a letter", "损失，每个字母的纳特数"))
    return figure


def looks() -> Any:
    """A panel for each head, a row for each block."""
    found = json.loads((RESULTS / "heads.json").read_text("utf-8"))
    rows, count = len(found["weights"]), len(found["weights"][0])
    figure, axes = plots.row(count * rows, rows=rows, height=2.1)
    for i, panel in enumerate(axes):
        block, head = divmod(i, count)
        title = f"block {block + 1}{say(', ', '，')}head {head + 1}"
        plots.looks(panel, title, found["weights"][block][head], found["line"])
        panel.tick_params(labelleft=head == 0, labelbottom=block == rows - 1)
    return figure


def write(file: Path, document: dict[str, Any], **options: Any) -> None:
    """In one move."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    with replacing(file) as part:
        part.write_text(json.dumps(document, **options) + "\n", "utf-8")


def main() -> None:
    """Run what has no result, and draw."""
    with tempfile.TemporaryDirectory() as scratch:
        for program, seed in RUNS:
            net = Path(scratch) / f"net{seed}.safetensors"
            if path(program, seed).is_file():
                continue
            document = functional(seed, net) if program == "functional" else imperative(seed)
            write(path(program, seed), document, indent=1)
            if (program, seed) == RUNS[0]:
                write(RESULTS / "heads.json", heads(net))
    folder = find("l18").folder
    for name, draw in (("nanogpt", curves), ("heads", looks)):
        plots.save(draw, folder / f"{name}.png")


if __name__ == "__main__":
    main()
