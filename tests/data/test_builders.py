"""Preparing a dataset, from a server on the loopback address that can be told to fail."""

import gzip
import hashlib
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from jaxdl.cli import exit_code
from jaxdl.data import CATALOGUE, DataError, File, load, prepare, state, verify
from jaxdl.data.builders import download

EXAMPLES = (12, 3)
URL = "http://127.0.0.1:{}/"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "store"))
    monkeypatch.setenv("no_proxy", "*")  # the machine's proxy does not know this server
    monkeypatch.setattr(download, "TIMEOUT", 2)
    return tmp_path / "store"


@pytest.fixture
def images():
    random = np.random.default_rng(0)
    return [random.integers(0, 256, (n, 28, 28)).astype(np.uint8) for n in EXAMPLES]


@pytest.fixture
def contents(images, encode_idx):
    """What is published: the bytes of each file by its path."""
    return {
        f"mnist/{prefix}-{what}-ubyte.gz": gzip.compress(encode_idx(array), mtime=0)
        for prefix, x in zip(("train", "t10k"), images, strict=True)
        for what, array in (("images-idx3", x), ("labels-idx1", np.arange(len(x)) % 10))
    }


@pytest.fixture
def server(contents, monkeypatch):
    """Serves small files as MNIST's; `answers` may be changed, "hang" stops in the middle."""
    released = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            answer = server.answers.get(self.path[1:])
            server.asked.append(self.path[1:])
            if answer is None:
                self.send_error(404)
                return
            self.send_response(200)
            promised = contents[self.path[1:]] if answer in ("hang", "cut") else answer
            self.send_header("Content-Length", str(len(promised)))
            self.end_headers()
            if answer in ("hang", "cut"):
                self.wfile.write(promised[: len(promised) // 2])
                self.wfile.flush()
            else:
                self.wfile.write(answer)
            if answer == "hang":
                released.wait(30)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.answers, server.asked = dict(contents), []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    entry = small(contents, server.server_port)
    monkeypatch.setitem(CATALOGUE, "mnist", entry)
    yield server
    released.set()
    server.shutdown()
    server.server_close()
    thread.join()


def small(contents, port):
    """MNIST's entry for what the server publishes."""
    files = tuple(
        File(path, len(content), hashlib.sha256(content).hexdigest())
        for path, content in contents.items()
    )
    raw, tfds = CATALOGUE["mnist"].sources
    sources = (raw, replace(tfds, files=files, url=URL.format(port)))
    return replace(CATALOGUE["mnist"], examples=EXAMPLES, sources=sources)


def assert_prepared(images):
    assert state("mnist") == "ready"
    mnist = load("mnist")
    for split, x in zip((mnist.train, mnist.test), images, strict=True):
        assert (split.x.dtype, split.y.dtype) == (np.uint8, np.int32)
        np.testing.assert_array_equal(split.x, x)
        np.testing.assert_array_equal(split.y, np.arange(len(x)) % 10)


def assert_not_prepared(home):
    assert state("mnist").endswith("or run: jaxdl data prepare mnist")
    with pytest.raises(DataError, match="run: jaxdl data prepare mnist"):
        load("mnist")
    assert not list(home.glob("jaxdl_mnist/*"))
    assert not list(home.glob("**/incomplete*"))


def test_what_is_prepared_is_what_was_published(server, images, home):
    said = []
    folder = prepare("mnist", said.append)
    assert folder == home / "jaxdl_mnist/1.0.0"
    assert [line.split()[0] for line in said] == ["downloading"] * 4 + ["writing"]
    assert_prepared(images)
    assert load("mnist").source == str(folder)
    assert verify("mnist")[0] == f"mnist: 12 train and 3 test examples from {folder}"
    assert not list(home.glob("**/incomplete*"))
    assert "tensorflow" not in sys.modules


def test_preparing_again_does_nothing(server):
    prepare("mnist", list)
    server.asked.clear()
    said = []
    prepare("mnist", said.append)
    assert (said, server.asked) == ([], [])


def test_original_files_come_first_and_a_named_folder_alone(server, contents, images, tmp_path):
    prepare("mnist", list)
    files = tmp_path / "raw"
    for path, content in contents.items():
        (files / path).parent.mkdir(parents=True, exist_ok=True)
        (files / path).write_bytes(content)
    assert load("mnist", files).source == str(files)
    np.testing.assert_array_equal(load("mnist", files).train.x, load("mnist").train.x)
    (files / path).unlink()
    with pytest.raises(DataError, match=f"^mnist: put {path} into {files}$"):
        load("mnist", files)


IMAGES = "mnist/t10k-images-idx3-ubyte.gz"


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda content: "cut", r"expected \d+ bytes, found \d+; the download was cut short"),
        (lambda content: "hang", "timed out; check the network"),
        (lambda content: content[:-9], r"expected \d+ bytes, found \d+;"),
        (lambda content: content + b"0", r"expected \d+ bytes, found more;"),
        (lambda content: content[:-1] + b"?", r"expected SHA-256 \w+, found \w+;"),
        (lambda content: None, "Not Found; check the network"),
    ],
    ids=["cut", "hang", "shorter", "longer", "checksum", "404"],
)
def test_a_bad_download_leaves_nothing_and_the_next_succeeds(
    server, contents, images, home, capsys, spoil, says
):
    server.answers[IMAGES] = spoil(contents[IMAGES])
    assert exit_code(["data", "prepare", "mnist"]) == 2
    error = capsys.readouterr().err
    url = URL.format(server.server_port)
    assert error.startswith(f"jaxdl: {url}{IMAGES}: ")
    assert error.count("\n") == 1
    with pytest.raises(DataError, match=says):
        prepare("mnist", list)
    assert_not_prepared(home)

    server.answers, server.asked = contents, []
    assert exit_code(["data", "prepare", "mnist"]) == 0
    assert capsys.readouterr().out.endswith(f"mnist: ready in {home / 'jaxdl_mnist/1.0.0'}\n")
    assert IMAGES in server.asked
    assert "mnist/train-images-idx3-ubyte.gz" not in server.asked  # was whole before
    assert_prepared(images)


def test_a_server_that_is_not_there(server, home):
    entry = CATALOGUE["mnist"]
    server.shutdown()
    server.server_close()
    with pytest.raises(DataError, match=f"{entry.sources[1].url}.*: .*refused; check the network"):
        prepare("mnist", list)
    assert_not_prepared(home)


def test_a_published_file_that_is_not_sound(server, contents, home, monkeypatch):
    spoiled = {**contents, IMAGES: gzip.compress(b"?" * 99, mtime=0)}
    server.answers = spoiled
    monkeypatch.setitem(CATALOGUE, "mnist", small(spoiled, server.server_port))
    with pytest.raises(DataError, match="expected magic number 0x00000803, found 0x3f3f3f3f"):
        prepare("mnist", list)
    assert_not_prepared(home)


def test_a_download_that_was_damaged_later_is_fetched_again(server, contents, images, home):
    path = home / "downloads/jaxdl_mnist" / IMAGES.removeprefix("mnist/")
    path.parent.mkdir(parents=True)
    path.write_bytes(contents[IMAGES][:-1])
    prepare("mnist", list)
    assert_prepared(images)


PREPARE_AND_STOP = """
import os, sys, time
from dataclasses import replace
from jaxdl.data import CATALOGUE, File, prepare
from jaxdl.data.builders.images import Images
files, url, examples = eval(sys.stdin.readline(), {"File": File})
entry = CATALOGUE["mnist"]
raw, tfds = entry.sources
tfds = replace(tfds, files=files, url=url)
CATALOGUE["mnist"] = replace(entry, examples=examples, sources=(raw, tfds))
generate = Images._generate_examples
def stop_after_some(self, split):
    for i, example in generate(self, split):
        if len(split) == examples[1] and i == 1:
            os.write(1, b"in the middle\\n")
            time.sleep(60)
        yield i, example
Images._generate_examples = stop_after_some
prepare("mnist", list)
"""


def test_a_killed_preparation_is_not_taken_for_prepared(server, images, home):
    tfds = CATALOGUE["mnist"].sources[1]
    with subprocess.Popen(
        [sys.executable, "-c", PREPARE_AND_STOP],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{(tfds.files, tfds.url, EXAMPLES)!r}\n")
        process.stdin.flush()
        assert process.stdout.readline() == "in the middle\n"
        os.kill(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert list(home.glob("jaxdl_mnist/incomplete.*"))  # it was in the middle of writing
    assert state("mnist") != "ready"
    prepare("mnist", list)
    assert_prepared(images)


def test_a_stored_file_that_is_damaged_or_gone(server, home):
    folder = prepare("mnist", list)
    (shard,) = folder.glob("*train.array_record*")
    content = shard.read_bytes()
    says = f"{folder}: expected a sound train split, found damage .*; remove that folder"
    for spoiled in (b"", content[: len(content) // 2], bytes(len(content))):
        shard.write_bytes(spoiled)
        with pytest.raises(DataError, match=says):
            load("mnist")
    shard.unlink()
    with pytest.raises(DataError, match=says):
        load("mnist")


def test_a_store_that_holds_too_few(server, home, monkeypatch):
    prepare("mnist", list)
    entry = replace(CATALOGUE["mnist"], examples=(13, 3))
    monkeypatch.setitem(CATALOGUE, "mnist", entry)
    with pytest.raises(DataError, match="expected 13 train examples, found 12"):
        load("mnist")


def test_a_store_that_cannot_be_written(server, home, capsys):
    home.write_text("a file in its place")
    assert exit_code(["data", "prepare", "mnist"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_what_cannot_be_prepared(capsys):
    assert exit_code(["data", "prepare", "diabetes"]) == 2
    says = "jaxdl: diabetes has no published address to download from; set JAXDL_DATA_DIR"
    assert capsys.readouterr().err.startswith(says)
    assert exit_code(["data", "prepare", "digits"]) == 2
    assert "comes with the installation" in capsys.readouterr().err


def test_asking_for_the_state_imports_no_tfds(server, home):
    prepare("mnist", list)
    program = (
        "import sys, jaxdl.data as d; print(d.state('mnist'), 'tensorflow_datasets' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout == "ready False\n"
