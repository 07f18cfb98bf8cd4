"""Where a run keeps its net, what is said of it later, and what is kept of compilations."""

import json
import warnings
from pathlib import Path

import pytest
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from jaxdl.cli import exit_code
from jaxdl.cli.predict.net import how, load_net
from jaxdl.course import cache, find

# As PyTorch starts: nothing to compile for the first numbers.
SMALL = ["--like-torch", "--epochs", "1", "--hidden", "8", "--batch-size", "5000"]
RUN = ["run", "l13", *SMALL]


@pytest.fixture(scope="module")
def net(tmp_path_factory):
    path = tmp_path_factory.mktemp("nets") / "mine.safetensors"
    assert exit_code([*RUN, "--keep", str(path)]) == 0
    return path


def run(capsys, *arguments):
    code = exit_code(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def no_home(tmp_path, monkeypatch):
    """A home in which nothing can be made, for root neither: it is a file."""
    home = tmp_path / "home"
    home.touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(home))
    return home


def test_a_net_that_is_not_kept_is_told(capsys, no_home):
    code, out, err = run(capsys, *RUN)
    assert (code, "test accuracy" in out) == (0, True)
    path = no_home / "jaxdl" / "l13.safetensors"
    assert err == (
        f"jaxdl: the net is not kept: {path}: Not a directory; "
        "with --keep PATH it is, and jaxdl predict --net PATH uses it\n"
    )
    code, out, err = run(capsys, "predict", "l13", "Tanaka")
    assert (code, out) == (2, "")
    assert f"{no_home} cannot be written; jaxdl run l13 --keep PATH" in err


def test_net_takes_what_keep_wrote(capsys, no_home, net):
    code, out, err = run(capsys, "predict", "l13", "Tanaka", "--net", str(net))
    assert (code, err) == (0, "")
    assert "Tanaka: " in out
    first = out.splitlines()[0]
    assert first.endswith(f", in full ({net})")
    _, out, _ = run(capsys, "predict", "l13", "Tanaka", "--net", str(net), "--json", "-")
    about = json.loads(out)["net"]
    assert (about["file"], about["quick"]) == (str(net), False)
    assert about["when"][:10] in first


def test_keep_that_cannot_be_written_is_2_and_told(capsys):
    code, out, err = run(capsys, *RUN, "--keep", "/dev/full")
    assert (code, "test accuracy" in out) == (2, True)
    assert err == "jaxdl: the net is not kept: /dev/full: No space left on device\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["predict", "l13", "A", "--net", "absent"],
            "absent: there is no such file; jaxdl run l13",
        ),
        (["predict", "l13", "A", "--net", "x", "--checkpoint", "y"], "give one of them"),
        (["predict", "l13", "A", "--net", ""], "the path is empty"),
        (["predict", "l10", "{net}", "--net", "{net}"], "holds a net of l13, not of l10"),
        ([*RUN, "--keep", ""], "the path is empty"),
        ([*RUN, "--keep", "/no/such/folder/net"], "create it first"),
    ],
)
def test_unusable_nets_are_one_line(capsys, net, arguments, told):
    code, out, err = run(capsys, *[text.format(net=net) for text in arguments])
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert told in err


def test_a_net_of_before_says_nothing_of_when(net, tmp_path):
    with safe_open(net, framework="numpy") as file:
        about = json.loads(file.metadata()["run"])
    old = {name: about[name] for name in ("lesson", "config", "result")}
    save_file(load_file(net), tmp_path / "old", {"run": json.dumps(old)})
    found = load_net(find("l13"), None, str(tmp_path / "old"))
    assert (found.quick, found.when, how(find("l13"), found)) == (None, None, "")
    assert about["data"] == "surnames"


@pytest.mark.parametrize(
    ("warning", "line"),
    [
        ("reading {}: RuntimeError: zstd", "a damaged file of the compile cache in {} is replaced"),
        (
            "writing {}: OSError: full\n disk",
            "what is compiled cannot be kept in {}: OSError: full disk",
        ),
    ],
)
def test_the_compile_cache_is_mended_and_told_once(tmp_path, monkeypatch, warning, line):
    said, shown = [], []
    monkeypatch.setattr(warnings, "showwarning", lambda message, *_: shown.append(str(message)))
    names = ("jit_step-0a-cache", "jit_step-1b-cache", "jit_steps-0a-cache", "jit_other-0a-cache")
    for name in names:
        (tmp_path / name).touch()
    before = "Error {} persistent compilation cache entry for '{}'{}"
    what, _, why = warning.partition(" {}")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        cache.mend(tmp_path, said.append)
        for program in ("jit_step", "jit_step", "jit_other"):
            warnings.warn(before.format(what, program, why), stacklevel=1)
        warnings.warn("something else", stacklevel=1)
    assert said == [line.format(tmp_path)]
    assert [path.name for path in Path(tmp_path).iterdir()] == ["jit_steps-0a-cache"]
    assert shown == ["something else"]
