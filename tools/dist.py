"""What strangers install: a wheel and an sdist, and whether they work where nothing else is.

`python -m tools.dist build` writes both into build/dist. `python -m tools.dist check` installs the
wheel into a new virtual environment, step by step as a user would who needs more and more, and in
an empty folder runs the commands that each step is for; it ends with the installed sizes, which
`--json PATH` writes (benchmarks/results/installed.json).
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.site.places import BUILD, ROOT

HOME = BUILD / "dist"
PARTS = {"jaxdl", "lessons"}
"""The packages in the wheel, and nothing else but what pip knows of it."""

STEPS: tuple[tuple[str, str, tuple[tuple[str, int], ...]], ...] = (
    (
        "",
        "the library and the lessons",
        (
            ("list", 0),
            ("run l04", 0),
            ("run l05 --log log", 0),
            ("compare l04 --precision float64", 0),
            ("golden verify", 0),
            ("data list", 0),
            ("run l10 --quick", 2),  # whose pictures come with scikit-learn: one line says so
            ("run l04 --plot l04.png", 2),
            ("autograd l04", 2),  # PyTorch's graph without PyTorch
        ),
    ),
    (
        "course",
        "the lessons' data and figures, too",
        (
            ("run l10 --quick --plot l10.png --json l10.json", 0),
            ("compare l10 --precision float64", 0),
            ("predict l13 Tanaka", 2),  # no net has been trained yet
        ),
    ),
    (
        "torch",
        "and PyTorch",
        (
            ("compare l04 --against torch", 0),
            ("new parity port", 0),
            ("compare port/port.py", 0),
            ("doctor port/port.py", 0),
            ("autograd l04 --html l04.html", 0),
            ("autograd hazards", 0),
        ),
    ),
)
"""Extra, what it is, and the commands with the exit codes that they must end with."""


def build() -> int:
    """Write the sdist, and the wheel that is built from it."""
    shutil.rmtree(HOME, ignore_errors=True)
    run = [sys.executable, "-m", "build", "--outdir", str(HOME), str(ROOT)]
    subprocess.run(run, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([sys.executable, "-m", "twine", "check", "--strict", *_built()], check=True)
    with zipfile.ZipFile(_wheel()) as wheel:
        names = {name.partition("/")[0] for name in wheel.namelist()}
    strangers = {name for name in names if not name.endswith(".dist-info")} - PARTS
    if strangers:
        print(f"the wheel has what nobody needs: {', '.join(sorted(strangers))}", file=sys.stderr)
    return int(bool(strangers))


def check(constraints: str | None, torch: str, target: str | None) -> int:
    """Install the wheel and run the commands.

    Args:
        constraints: a file of versions; None: the newest of everything.
        torch: what pip is asked for as PyTorch; "": the steps that need it are left out.
        target: where the sizes are written.
    """
    wrong, sizes = [], []
    with TemporaryDirectory(prefix="jaxdl-dist-") as scratch:
        place, empty = Path(scratch) / "env", Path(scratch) / "empty"
        empty.mkdir()
        venv.create(place, with_pip=True)
        for extra, what, commands in STEPS if torch else STEPS[:-1]:
            wanted = (
                torch.split() if extra == "torch" else [f"{_wheel()}{f'[{extra}]' * bool(extra)}"]
            )
            pip = [str(place / "bin" / "pip"), "install", "--quiet", *wanted]
            subprocess.run(
                [*pip, *(["--constraint", constraints] if constraints else [])], check=True
            )
            sizes.append({"extra": extra, "what": what, "megabytes": _megabytes(place / "lib")})
            for command, expected in commands:
                code, told = _run(place, empty, command)
                fine = code == expected and "Traceback" not in told
                print(
                    f"{'as it should' if fine else 'WRONG'}: jaxdl {command} ({code})", flush=True
                )
                if not fine:
                    wrong.append(command)
                    print(told, flush=True)
    for size in sizes:
        print(f"{size['megabytes']:6,} MB  {size['what']}")
    if target and not wrong:
        environment = {"python": platform.python_version(), "platform": platform.platform()}
        document = {
            "schema": 1,
            "command": "make dist-check",
            "environment": environment | {"torch": torch},
            "steps": sizes,
        }
        Path(target).write_text(json.dumps(document, indent=1) + "\n", "utf-8")
    return int(bool(wrong))


def _run(place: Path, folder: Path, command: str) -> tuple[int, str]:
    """A command's exit code and what it told, in an environment of nothing but the installed."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    run = subprocess.run(
        [str(place / "bin" / "jaxdl"), *command.split()],
        cwd=folder,
        env=kept | {"HOME": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout


def _built() -> list[str]:
    if not HOME.is_dir():
        sys.exit(f"{HOME} has no wheel; python -m tools.dist build makes one")
    return sorted(str(path) for path in HOME.iterdir())


def _wheel() -> str:
    return next(path for path in _built() if path.endswith(".whl"))


def _megabytes(folder: Path) -> int:
    """Of all files below it, as they are stored."""
    files = (path.lstat() for path in folder.rglob("*"))
    return round(sum(512 * file.st_blocks for file in files) / 1e6)


def main(arguments: list[str]) -> int:
    """Build or check."""
    match arguments:
        case ["build"]:
            return build()
        case ["check", *rest] if len(rest) % 2 == 0:
            options = dict(zip(rest[::2], rest[1::2], strict=True))
            return check(
                options.get("--constraints"),
                options.get("--torch", "torch"),
                options.get("--json"),
            )
    how = "python -m tools.dist build | check [--constraints FILE] [--torch WHAT] [--json PATH]"
    print(how, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
