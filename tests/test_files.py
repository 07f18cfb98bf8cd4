"""Files are written whole or not at all."""

import os
import threading

import pytest

from jaxdl._files import replacing, unfinished


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "run.json"
    path.write_text("old")
    return path


def test_the_old_file_stands_until_the_new_one_is_whole(path):
    with replacing(path) as part:
        part.write_text("ne")
        assert (path.read_text(), part.name) == ("old", path.name)
        assert unfinished(path) == [part.parent]
        part.write_text("new")
    assert path.read_text() == "new"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [OSError(28, "No space left"), KeyboardInterrupt()])
def test_an_error_leaves_the_old_file_and_nothing_else(path, error):
    def fill():
        with replacing(path) as part:
            part.write_text("half")
            raise error

    with pytest.raises(type(error)):
        fill()
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]


def test_two_at_once_do_not_meet(path):
    with replacing(path) as first:
        first.write_text("first")
        with replacing(path) as second:
            second.write_text("second")
        assert path.read_text() == "second"
    assert path.read_text() == "first"


@pytest.mark.parametrize("mode", [0o600, 0o664])
def test_permissions_stay(path, mode):
    path.chmod(mode)
    with replacing(path) as part:
        part.write_text("new")
    assert path.stat().st_mode & 0o777 == mode


def test_a_new_file_has_the_permissions_of_any_other(path):
    with replacing(path.with_name("new")) as part:
        part.write_text("new")
    path.with_name("other").write_text("other")
    assert path.with_name("new").stat().st_mode == path.with_name("other").stat().st_mode


def test_a_link_stays_and_its_file_is_replaced(path, tmp_path):
    link = tmp_path / "elsewhere" / "link.json"
    link.parent.mkdir()
    link.symlink_to("../run.json")
    with replacing(link) as part:
        part.write_text("new")
    assert link.is_symlink()
    assert path.read_text() == "new"
    assert list(link.parent.iterdir()) == [link]


def test_a_device_or_a_pipe_is_written_to_as_it_is(tmp_path):
    with replacing(os.devnull) as part:
        part.write_text("nowhere")
    assert not os.path.isfile(os.devnull)
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    with replacing(pipe) as part:
        part.write_text("through")
    reader.join()
    assert read == ["through"]
    assert list(tmp_path.iterdir()) == [pipe]


def test_an_open_file_is_written_where_it_stands(tmp_path):
    """What `--json /dev/stdout > file` names is that file: renaming over it loses what is there."""
    file = tmp_path / "file"
    file.write_text("before\n")
    link = tmp_path / "link"
    with open(file, "a") as opened:
        link.symlink_to(f"/dev/fd/{opened.fileno()}")
        with replacing(link) as part:
            part.write_text("through\n")
        opened.write("after\n")
    assert file.read_text() == "before\nthrough\nafter\n"
    assert sorted(tmp_path.iterdir()) == [file, link]


def test_a_full_device_is_an_error():
    def fill():
        with replacing("/dev/full") as part:
            part.write_text("new")

    with pytest.raises(OSError, match="No space left"):
        fill()
    assert not os.path.isfile("/dev/full")


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    for names in (("a", "b"), ("c",)):
        with replacing(tmp_path / "arrays") as part:
            part.mkdir()
            for name in names:
                (part / name).write_text(name)
        assert {file.name for file in (tmp_path / "arrays").iterdir()} == set(names)


def test_a_file_does_not_take_a_folders_place(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError), replacing(tmp_path / "folder") as part:
        part.write_text("new")
    assert list(tmp_path.iterdir()) == [tmp_path / "folder"]
