"""Preparing datasets, from a server on the loopback address that can be told to fail."""

import gzip
import importlib.metadata
import importlib.util
import os
import re
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace

import numpy as np
import pytest

from jaxdl.cli import exit_code
from jaxdl.data import CATALOGUE, DataError, load, prepare, state, verify
from jaxdl.data.store import download
from tests.data import small

# One of each kind: grey images, an archive of colour images, a table, strings, a text.
KINDS = ["mnist", "cifar10", "titanic", "names", "shakespeare"]


def assert_prepared(name, folder):
    """What is loaded equals what our readers get from the files themselves."""
    assert state(name) == "ready"
    stored, original = load(name), load(name, folder)
    assert (stored.test is None) == (original.test is None)
    for ours, theirs in zip(splits(stored), splits(original), strict=True):
        np.testing.assert_array_equal(ours.x, theirs.x, strict=True)
        np.testing.assert_array_equal(ours.y, theirs.y, strict=True)


def splits(dataset):
    return [split for split in (dataset.train, dataset.test) if split is not None]


def assert_not_prepared(name, home):
    assert state(name).endswith(f"or run: jaxdl data prepare {name}")
    with pytest.raises(DataError, match=f"run: jaxdl data prepare {name}"):
        load(name)
    assert not list(home.glob("jaxdl_*/*"))
    assert not list(home.glob("**/incomplete*"))  # TensorFlow Datasets' name for it
    assert not list(home.glob("downloads/*/.*"))


def test_there_is_no_tensorflow():
    assert "tensorflow" not in importlib.metadata.packages_distributions()
    assert importlib.util.find_spec("tensorflow") is None


@pytest.mark.parametrize("name", small.EXAMPLES)
def test_what_is_prepared_is_what_was_published(server, name, folder, home):
    said = []
    assert prepare(name, said.append) == home / f"jaxdl_{name}/1.0.0"
    assert server.asked == [file.path for file in CATALOGUE[name].sources[0].files]
    assert [line.split()[0] for line in said] == ["downloading"] * len(server.asked) + ["writing"]
    assert list(home.glob(f"jaxdl_{name}/1.0.0/*.array_record*"))
    assert_prepared(name, folder)
    report = verify(name)
    assert report[1:-1] == [f"{path}: matched the published file" for path in server.asked]
    assert report[-1].endswith("decoded: the decoded arrays match what is stored")
    assert "tensorflow" not in sys.modules


def test_everything_that_is_published_is_tested():
    assert [name for name, entry in CATALOGUE.items() if entry.can_prepare] == list(small.EXAMPLES)


def test_preparing_leaves_nothing_in_the_folder_of_temporary_files(server, tmp_path, monkeypatch):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    prepare("mnist", list)
    load("mnist")
    assert not list((tmp_path / "temporary").iterdir())


def test_preparing_again_does_nothing(server):
    prepare("mnist", list)
    server.asked.clear()
    said = []
    prepare("mnist", said.append)
    assert (said, server.asked) == ([], [])


def test_original_files_come_first_and_a_named_folder_alone(server, folder, monkeypatch):
    stored = prepare("mnist", list)
    assert load("mnist").source == str(stored)
    assert load("mnist", folder).source == str(folder)
    monkeypatch.setenv("JAXDL_DATA_DIR", str(folder))
    assert load("mnist").source == str(folder)
    path = "mnist/t10k-labels-idx1-ubyte.gz"
    (folder / path).unlink()
    assert load("mnist").source == str(stored)
    with pytest.raises(
        DataError, match=f"^mnist: put {path} .* into {folder}, where mnist has only "
    ):
        load("mnist", folder)


@pytest.mark.parametrize("name", small.EXAMPLES)
@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda content: "cut", r"expected \d+ bytes, found \d+; the download was cut short"),
        (lambda content: "hang", "timed out; check the network"),
        (lambda content: "silence", "timed out; check the network"),
        (lambda content: content[:-9], r"expected \d+ bytes, found \d+;"),
        (lambda content: content + b"0", r"expected \d+ bytes, found more;"),
        (lambda content: content[:-1] + b"?", r"expected SHA-256 \w+, found \w+;"),
        (lambda content: None, "Not Found; check the network"),
    ],
    ids=["cut", "hang", "silence", "shorter", "longer", "checksum", "404"],
)
def test_a_bad_download_leaves_nothing_and_the_next_succeeds(
    server, name, folder, home, capsys, monkeypatch, spoil, says
):
    good = dict(server.answers)
    last = list(good)[-1]
    server.answers[last] = spoil(good[last])
    with monkeypatch.context() as patch:
        if server.answers[last] in ("hang", "silence"):
            patch.setattr(download, "LIMITS", download.Limits(silence=0.5))
        assert exit_code(["data", "prepare", name]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"jaxdl: {server.url}{last}: ")
    assert error.count("\n") == 1
    assert re.search(says, error)
    assert_not_prepared(name, home)

    server.answers, server.asked = good, []
    assert exit_code(["data", "prepare", name]) == 0
    said = capsys.readouterr().out
    assert said.endswith(f"{name}: ready in {home / f'jaxdl_{name}/1.0.0'}\n")
    assert server.asked == [last]  # what was whole before is not asked for again
    assert_prepared(name, folder)


def test_a_server_that_is_not_there(server, home):
    server.shutdown()
    server.server_close()
    with pytest.raises(DataError, match=f"^{server.url}.*: .*refused; check the network"):
        prepare("mnist", list)
    assert_not_prepared("mnist", home)


@pytest.mark.parametrize("name", KINDS)
def test_a_published_file_that_is_not_sound(server, name, home, monkeypatch):
    spoiled = {path: gzip.compress(b"?" * 99, mtime=0) for path in server.answers}
    server.answers = spoiled
    entry = small.publish(CATALOGUE[name], spoiled, server.url)
    monkeypatch.setitem(CATALOGUE, name, entry)
    first = entry.sources[0].files[0].name
    with pytest.raises(DataError, match=f"downloads/jaxdl_{name}/{first}.*: expected "):
        prepare(name, list)
    assert_not_prepared(name, home)


def test_a_download_that_was_damaged_later_is_fetched_again(server, folder, home):
    path = home / "downloads/jaxdl_mnist/t10k-images-idx3-ubyte.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(server.answers["mnist/t10k-images-idx3-ubyte.gz"][:-1])
    prepare("mnist", list)
    assert_prepared("mnist", folder)


# Prepares a dataset, and stops in the middle of storing its examples or of keeping its arrays.
PREPARE_AND_STOP = """
import os, sys, time
from jaxdl.data import CATALOGUE, Entry, File, Source, prepare
from jaxdl.data.store import decoded
from jaxdl.data.store.builders.published import Published
name, where, entry = eval(sys.stdin.readline())
CATALOGUE[name] = entry
def stop():
    os.write(1, b"in the middle\\n")
    time.sleep(3600)
def stop_in_examples(self, split):
    for i, example in generate(self, split):
        if i == 2:
            stop()
        yield i, example
def stop_in_array(path, array):
    if path.name == "train_y.npy":
        path.write_bytes(b"half")
        stop()
    save(path, array)
def stop_in_download(*args):
    yield next(chunks(*args))
    stop()
if where == "examples":
    generate, Published._generate_examples = Published._generate_examples, stop_in_examples
if where == "array":
    save, decoded.np.save = decoded.np.save, stop_in_array
if where == "download":
    from jaxdl.data.store import download
    chunks, download._chunks = download._chunks, stop_in_download
prepare(name, list)
"""


@pytest.mark.parametrize(
    ("name", "where", "left"),
    [
        ("mnist", "download", "downloads/jaxdl_mnist/.train-images*/train-images*"),
        *((name, "examples", f"jaxdl_{name}/incomplete.*") for name in KINDS),
        ("mnist", "array", "jaxdl_mnist/1.0.0/.decoded.*/decoded/train_y.npy"),
    ],
)
def test_a_killed_preparation_is_not_taken_for_a_whole_one(server, name, folder, home, where, left):
    with subprocess.Popen(
        [sys.executable, "-c", PREPARE_AND_STOP],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{(name, where, CATALOGUE[name])!r}\n")
        process.stdin.flush()
        assert process.stdout.readline() == "in the middle\n"
        os.kill(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert list(home.glob(left))  # it was in the middle of writing
    assert (state(name) == "ready") == (where == "array")  # then the examples are all stored
    assert not list(home.glob(f"jaxdl_{name}/1.0.0/decoded"))
    prepare(name, list)
    assert_prepared(name, folder)
    assert [path.name for path in home.glob(f"jaxdl_{name}/1.0.0/*decoded*")] == ["decoded"]


def test_a_stored_file_that_is_damaged_or_gone(server, home):
    folder = prepare("mnist", list)
    (shard,) = folder.glob("*train.array_record*")
    content = shard.read_bytes()
    says = f"{folder}: expected a sound train split, found damage .*; remove that folder"
    for spoiled in (b"", content[: len(content) // 2], bytes(len(content))):
        shard.write_bytes(spoiled)
        for read in (load, prepare, verify):
            with pytest.raises(DataError, match=says):
                read("mnist")
    shard.unlink()
    with pytest.raises(DataError, match=says):
        load("mnist")


def test_a_store_that_holds_something_else(server, monkeypatch):
    prepare("mnist", list)
    entry = CATALOGUE["mnist"]
    monkeypatch.setitem(CATALOGUE, "mnist", replace(entry, examples=(13, 3)))
    with pytest.raises(DataError, match="expected 13 train examples, found 12"):
        load("mnist")
    monkeypatch.setitem(CATALOGUE, "mnist", replace(entry, features=(28, 27)))
    with pytest.raises(DataError, match=r"examples of shape \(28, 27\), found .*\(28, 28\)"):
        load("mnist")


def test_a_store_that_cannot_be_written(server, home, capsys):
    home.write_text("a file in its place")
    assert exit_code(["data", "prepare", "mnist"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_what_cannot_be_prepared(monkeypatch):
    with pytest.raises(DataError, match="digits needs no preparation: it comes with the inst"):
        prepare("digits")
    entry = CATALOGUE["diabetes"]
    monkeypatch.setitem(CATALOGUE, "diabetes", replace(entry, sources=entry.sources[:1]))
    says = "^diabetes has no published address to download from; set JAXDL_DATA_DIR to a folder"
    with pytest.raises(DataError, match=says):
        prepare("diabetes")


def test_asking_for_the_state_and_loading_import_no_tfds(server):
    prepare("mnist", list)
    program = (
        "import sys; from jaxdl.data import CATALOGUE, Entry, File, Source, load, state\n"
        f"CATALOGUE['mnist'] = {CATALOGUE['mnist']!r}\n"
        "print(state('mnist'), {'numpy', 'tensorflow_datasets'} & set(sys.modules))\n"
        "print(len(load('mnist').train), 'tensorflow_datasets' in sys.modules)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout == "ready set()\n12 False\n"
