"""What the tests of `jaxdl predict` share."""

import json

from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from jaxdl.cli import exit_code


def run(capsys, *arguments):
    code = exit_code(["predict", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def changed(path, **values):
    """Write the kept net again, with other things said of it."""
    with safe_open(path, framework="numpy") as file:
        about = json.loads(file.metadata()["run"]) | values
    save_file(load_file(path), path, {"run": json.dumps(about)})


def without(path, name):
    with safe_open(path, framework="numpy") as file:
        about = file.metadata()
    arrays = load_file(path)
    del arrays[name]
    save_file(arrays, path, about)
