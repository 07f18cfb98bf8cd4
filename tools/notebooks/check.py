"""Every notebook, run from top to bottom where nothing is installed, and held to its chapter.

`python -m tools.notebooks.check [LESSON]… [--language LANGUAGE]` builds the wheel, makes an
environment that has pip and a kernel, and runs each notebook in it. Its own first cell installs:
the wheel, which JAXDL_WHEEL names, and PyTorch. jaxdl is taken out again before the next notebook;
what it depends on stays. Nothing of the clone can be imported there.

What a cell prints must be what the chapter shows, by the rule of `tools.pages`. Those that ran lie
in build/notebooks-run, outputs and all.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import jupytext

from jaxdl.course import Lesson, find, lessons
from tools.notebooks.make import EXTRA, cells, made, path
from tools.pages import otherwise
from tools.site.places import BUILD, LANGUAGES, ROOT

RUN = BUILD / "notebooks-run"
ENVIRONMENT = BUILD / "notebooks-environment"
WHEELS = BUILD / "notebooks-wheel"
KERNEL = "jaxdl-notebooks"
SECONDS = 900  # for one cell; the one that installs takes longest


def wheel() -> Path:
    """Build the distribution's wheel."""
    for old in (WHEELS, BUILD / "lib"):  # setuptools packs whatever an earlier build left in lib
        shutil.rmtree(old, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(WHEELS)]
    subprocess.run([*command, str(ROOT)], check=True)
    (found,) = WHEELS.glob("*.whl")
    return found


def outside(**own: object) -> dict[str, str]:
    """The environment variables without those of this clone and its user, and `own` ones."""
    ours = ("JAX", "PYTHON", "TFDS", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {name: str(value) for name, value in own.items() if value}


def environment(constraints: Path | None) -> Path:
    """Make the environment anew; its Python."""
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
    python = ENVIRONMENT / "bin" / "python"
    pip(python, "install", "ipykernel", env=outside(PIP_CONSTRAINT=constraints))
    command = [python, "-m", "ipykernel", "install", "--prefix", ENVIRONMENT, "--name", KERNEL]
    subprocess.run(list(map(str, command)), check=True, env=outside(), capture_output=True)
    return python


def pip(python: Path, *arguments: str, env: dict[str, str]) -> None:
    """Run an environment's pip."""
    command = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    subprocess.run(command, check=True, env=env)


def ran(notebook: Any, wheel: Path, constraints: Path | None) -> str:
    """Run a notebook, which keeps its outputs; what stopped it, "": nothing."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellControlSignal, DeadKernelError
    from traitlets.config import Config

    with TemporaryDirectory() as folder:
        own = outside(
            JAXDL_WHEEL=f"{wheel}{EXTRA}",
            PIP_CONSTRAINT=constraints,
            TFDS_DATA_DIR=f"{folder}/none",
        )
        os.environ["JUPYTER_PATH"] = str(ENVIRONMENT / "share" / "jupyter")  # the kernel's
        client = NotebookClient(
            notebook,
            timeout=SECONDS,
            kernel_name=KERNEL,
            record_timing=False,
            resources={"metadata": {"path": folder}},
            config=Config(KernelManager={"transport": "ipc", "ip": f"{folder}/kernel"}),
        )
        try:
            client.execute(env=own)
        except (CellControlSignal, DeadKernelError) as error:  # an error, the time, the end of it
            return re.sub(r"\x1b\[[\d;]*m", "", str(error))
    codes(notebook)[0].outputs = []  # what pip said here is of no use elsewhere
    return ""


def codes(notebook: Any) -> list[Any]:
    """A notebook's cells of code; the first one installs."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def printed(cell: Any) -> str:
    """All that a cell showed where a chapter shows what was printed."""
    found = []
    for output in cell.outputs:
        if output.output_type == "stream":
            found.append(output.text if output.name == "stdout" else "")
        else:
            found.append(f"{output.get('data', {}).get('text/plain', output.output_type)}\n")
    return "".join(found)


def wrong(notebook: Any, lesson: Lesson, language: str) -> list[str]:
    """Where a notebook that ran shows something else than its chapter."""
    told = [
        otherwise(block, printed(cell))
        for block, cell in zip(cells(lesson, language), codes(notebook)[1:], strict=True)
    ]
    return [each for each in told if each]


def main(arguments: list[str]) -> int:
    """Run the named lessons' notebooks, or all."""
    parser = argparse.ArgumentParser(prog="python -m tools.notebooks.check")
    parser.add_argument("lessons", nargs="*", metavar="LESSON")
    parser.add_argument("--language", choices=LANGUAGES, help="only in this one")
    parser.add_argument("--constraints", type=Path, help="the versions that pip is held to")
    asked = parser.parse_args(arguments)
    constraints = asked.constraints and asked.constraints.absolute()
    start, code = perf_counter(), 0
    built = wheel()
    python = environment(constraints)
    print(f"{built.name}, an environment: {perf_counter() - start:.0f} s", flush=True)
    for lesson in map(find, asked.lessons) if asked.lessons else lessons():
        for language in [asked.language] if asked.language else LANGUAGES:
            began, notebook = perf_counter(), made(lesson, language)
            pip(python, "uninstall", "--yes", built.name.partition("-")[0], env=outside())
            stopped = ran(notebook, built, constraints)
            told = [stopped] if stopped else wrong(notebook, lesson, language)
            file = path(lesson, language, RUN)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(jupytext.writes(notebook, fmt="ipynb"), "utf-8")
            count = len(cells(lesson, language)) + 1
            state = "\n".join(told) if told else f"good, {count} cells"
            print(f"{lesson.name} {language}: {state}, {perf_counter() - began:.0f} s", flush=True)
            code = code or bool(told)
    print(f"{perf_counter() - start:.0f} s")
    return int(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
