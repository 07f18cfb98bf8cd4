"""The decoded arrays that are kept beside a prepared dataset: the stored ones, or not used."""

import shutil

import numpy as np
import pytest

from jaxdl.data import CATALOGUE, load, prepare, verify
from jaxdl.data.store import decoded, prepared
from tests.data import small


@pytest.fixture
def stored(server):
    return prepare("mnist", list)


def refuse(entry, folder):
    raise AssertionError("decoded again")


def assert_whole(folder):
    """What is loaded is what the files hold, and is kept."""
    ours, theirs = load("mnist"), load("mnist", folder)
    for split in ("train", "test"):
        for what in ("x", "y"):
            array = getattr(getattr(ours, split), what)
            original = getattr(getattr(theirs, split), what)
            np.testing.assert_array_equal(array, original, strict=True)
    entry = CATALOGUE["mnist"]
    assert decoded.read(entry, entry.sources[1].folder(None)) is not None


@pytest.mark.parametrize("name", small.EXAMPLES)
def test_is_loaded_without_decoding(server, name, monkeypatch):
    prepare(name, list)
    monkeypatch.setattr(prepared, "read", refuse)
    dataset = load(name)
    assert len(dataset.train) == small.EXAMPLES[name][0]
    assert prepare(name, list).samefile(dataset.source)


def test_is_mapped_into_memory_and_may_be_changed_there(stored, folder, monkeypatch):
    monkeypatch.setattr(prepared, "read", refuse)
    mnist = load("mnist")
    for array in (mnist.train.x, mnist.train.y, mnist.test.x, mnist.test.y):
        assert type(array) is np.ndarray
        assert isinstance(array.base, np.memmap)
    mnist.train.x[:] = 0
    assert_whole(folder)


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: content[:-1] + bytes([content[-1] ^ 1]),
        lambda content: bytes([content[0] ^ 128]) + content[1:],
        lambda content: content + b"\0",
        lambda content: None,
    ],
    ids=["empty", "half", "last bit", "first bit", "longer", "gone"],
)
@pytest.mark.parametrize(
    "file", ["train_x.npy", "train_y.npy", "test_x.npy", "test_y.npy", "SHA256SUMS"]
)
def test_is_written_anew_where_it_is_damaged(stored, folder, file, damage):
    path = stored / "decoded" / file
    content = damage(path.read_bytes())
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert decoded.read(CATALOGUE["mnist"], stored) is None
    assert verify("mnist")[-1].endswith(
        "decoded arrays do not match, the next load writes them anew"
    )
    assert_whole(folder)
    assert verify("mnist")[-1].endswith("decoded arrays match what is stored")


def test_is_written_anew_where_it_is_of_another_store(
    stored, server, folder, monkeypatch, tmp_path
):
    (stored / "decoded").rename(tmp_path / "old")
    shutil.rmtree(stored)
    others = dict(zip(server.answers, small.contents("kmnist").values(), strict=True))
    server.answers = others
    monkeypatch.setitem(CATALOGUE, "mnist", small.publish(CATALOGUE["mnist"], others, server.url))
    for path, content in others.items():
        (folder / path).write_bytes(content)
    prepare("mnist", list)
    shutil.rmtree(stored / "decoded")
    (tmp_path / "old").rename(stored / "decoded")
    assert decoded.read(CATALOGUE["mnist"], stored) is None
    assert_whole(folder)


def test_preparing_again_writes_it_where_it_is_gone(stored, server):
    shutil.rmtree(stored / "decoded")
    server.asked.clear()
    prepare("mnist", list)
    assert decoded.read(CATALOGUE["mnist"], stored) is not None
    assert server.asked == []


def test_a_folder_in_which_it_cannot_be_written(stored, folder):
    shutil.rmtree(stored / "decoded")
    (stored / "decoded").write_text("a file in its place")
    assert len(load("mnist").train) == 12
    assert [path.name for path in stored.glob("*decoded*")] == ["decoded"]


def test_a_full_disk(stored, folder, monkeypatch):
    shutil.rmtree(stored / "decoded")
    with monkeypatch.context() as patch:
        patch.setattr(decoded.np, "save", full)
        assert len(load("mnist").train) == 12
    assert not list(stored.glob("*decoded*"))
    assert_whole(folder)


def full(path, array):
    path.write_bytes(b"half")
    raise OSError(28, "No space left on device")


def test_two_at_once(stored, folder, monkeypatch):
    """The other takes the first one's half-written arrays for those of a killed process."""
    shutil.rmtree(stored / "decoded")
    save = np.save

    def interrupted(path, array):
        monkeypatch.setattr(decoded.np, "save", save)
        assert_whole(folder)
        save(path, array)

    monkeypatch.setattr(decoded.np, "save", interrupted)
    assert_whole(folder)
    assert [path.name for path in stored.glob("*decoded*")] == ["decoded"]
