import csv as csv_of_text
import gzip
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from beartype import beartype
from jaxtyping import jaxtyped

from jaxdl import data
from jaxdl.cli import exit_code
from jaxdl.data import CATALOGUE, DataError, Source, leak_free, load, prepare, state, verify
from jaxdl.data.entry import EMBEDDED, locate
from jaxdl.data.formats import csv, idx
from jaxdl.data.sets import readers
from jaxdl.errors import InputError
from tests.data import small
from tests.data.small import encode_idx

PLAY = Path(data.__file__).parent / "embedded/play.txt"
REAL = os.environ.get("JAXDL_DATA_DIR")


@pytest.fixture(autouse=True)
def shapes_are_checked(monkeypatch):
    check = jaxtyped(typechecker=beartype)
    monkeypatch.setattr(readers, "read_csv", check(csv.read_csv))
    monkeypatch.setattr(readers, "read_idx", check(idx.read_idx))
    monkeypatch.setattr(readers, "enlarge", check(readers.enlarge))
    monkeypatch.setattr(readers, "check_labels", check(readers.check_labels))


def both(split):
    return split.x, split.y


def text_of(split):
    """The text that a split of characters is made of."""
    assert (split.x[1:] == split.y[:-1]).all()
    return bytes([*split.x, split.y[-1]])


def shapes(split):
    return split.x.shape, split.x.dtype, split.y.shape, split.y.dtype


# Embedded


@pytest.fixture(scope="module")
def digits():
    return load("digits")


def test_digits_are_images_as_mnist_has_them(digits):
    assert shapes(digits.train) == ((1437, 28, 28), np.uint8, (1437,), np.int32)
    assert shapes(digits.test) == ((360, 28, 28), np.uint8, (360,), np.int32)
    assert digits.source == "embedded"
    assert len(digits.train) == 1437
    for split in (digits.train, digits.test):
        assert (split.x.min(), split.x.max()) == (0, 255)
        share = np.bincount(split.y, minlength=10) / len(split)
        assert share.min() > 0.06  # no digit is rare in either split
    border = digits.train.x.copy()
    border[:, 4:24, 4:24] = 0
    assert not border.any()


def test_digits_are_scikit_learns(digits):
    from sklearn.datasets import load_digits

    theirs = load_digits()
    _, folder = locate(CATALOGUE["digits"])
    table = csv.read_csv(folder / "digits.csv.gz", 65)
    np.testing.assert_array_equal(table[:, :-1], theirs.data)
    np.testing.assert_array_equal(table[:, -1], theirs.target)
    order = np.arange(1797) * 1009 % 1797
    assert sorted(order) == list(range(1797))
    images = readers.enlarge(theirs.images.astype(int))[order]
    np.testing.assert_array_equal(np.concatenate([digits.train.x, digits.test.x]), images)
    labels = np.concatenate([digits.train.y, digits.test.y])
    np.testing.assert_array_equal(labels, theirs.target[order])


def test_enlarging_is_bilinear():
    import jax

    images = np.random.default_rng(0).integers(0, 17, (5, 8, 8))
    shown = readers.enlarge(images)[:, 4:24, 4:24]
    exact = jax.image.resize(images.astype(np.float32), (5, 20, 20), "bilinear") * 255 / 16
    assert np.abs(shown - np.asarray(exact)).max() <= 0.501


def test_breast_cancer_is_scikit_learns_scaled():
    from sklearn.datasets import load_breast_cancer

    theirs = load_breast_cancer()
    ours = load("breast_cancer")
    assert shapes(ours.train) == ((569, 30), np.float32, (569, 1), np.float32)
    assert (ours.test, ours.source) == (None, "embedded")
    np.testing.assert_array_equal(ours.train.y[:, 0], theirs.target)
    low, high = theirs.data.min(axis=0), theirs.data.max(axis=0)
    scaled = 2 * (theirs.data - low) / (high - low) - 1
    np.testing.assert_allclose(ours.train.x, scaled, rtol=0, atol=1e-6)
    assert (ours.train.x.min(axis=0) == -1).all()
    assert (ours.train.x.max(axis=0) == 1).all()


# The folder of raw files, with small sets in it


def write(path: Path, content: bytes) -> None:
    path.write_bytes(gzip.compress(content))


def test_the_folder_is_an_argument_or_the_environments(folder, monkeypatch):
    assert state("mnist", folder) == "ready"
    assert load("mnist", folder).source == str(folder)
    monkeypatch.setenv("JAXDL_DATA_DIR", str(folder))
    assert state("mnist") == "ready"
    assert load("mnist").source == str(folder)


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "kmnist"])
def test_four_files_of_images(folder, name):
    dataset = load(name, folder)
    assert shapes(dataset.train) == ((12, 28, 28), np.uint8, (12,), np.int32)
    assert shapes(dataset.test) == ((3, 28, 28), np.uint8, (3,), np.int32)
    assert list(dataset.train.y) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]
    for split, prefix in ((dataset.train, "train"), (dataset.test, "t10k")):
        content = gzip.decompress((folder / name / f"{prefix}-images-idx3-ubyte.gz").read_bytes())
        assert content[16:] == split.x.tobytes()


def test_cifar10(folder):
    cifar10 = load("cifar10", folder)
    assert shapes(cifar10.train) == ((10, 32, 32, 3), np.uint8, (10,), np.int32)
    assert shapes(cifar10.test) == ((3, 32, 32, 3), np.uint8, (3,), np.int32)
    for split, images in zip((cifar10.train, cifar10.test), small.cifar10_images(), strict=True):
        np.testing.assert_array_equal(split.x, images)
        assert list(split.y) == list(range(len(images)))
        assert split.x.flags.c_contiguous


def test_titanic(folder):
    titanic = load("titanic", folder)
    assert shapes(titanic.train) == ((5, 10), np.float32, (5, 1), np.float32)
    assert titanic.test is None
    assert list(titanic.train.y[:, 0]) == [1, 0, 1, 0, 1]


def test_diabetes(folder):
    diabetes = load("diabetes", folder)
    assert shapes(diabetes.train) == ((5, 8), np.float32, (5, 1), np.float32)
    assert diabetes.test is None
    path = folder / "diabetes/diabetes.csv.gz"
    theirs = np.loadtxt(path, delimiter=",", dtype=np.float32)  # the course's own line
    np.testing.assert_array_equal(np.hstack([diabetes.train.x, diabetes.train.y]), theirs)


def test_names(folder):
    names = load("names", folder)
    assert shapes(names.train) == ((6,), np.dtype("U17"), (6,), np.int32)
    assert shapes(names.test) == ((4,), np.dtype("U17"), (4,), np.int32)
    assert [CATALOGUE["names"].class_name(y) for y in names.test.y] == [
        *("Russian", "Irish", "Chinese", "Polish")
    ]
    for split, text in ((names.train, small.TRAIN_NAMES), (names.test, small.TEST_NAMES)):
        rows = zip(*both(split), strict=True)
        written = "".join(f'"{x}","{CATALOGUE["names"].class_name(y)}"\n' for x, y in rows)
        assert written == text


@pytest.mark.parametrize("name", ["shakespeare", "play"])
def test_a_text_predicts_its_next_character(folder, name):
    dataset = load(name, folder if name == "shakespeare" else None)
    path = folder / "shakespeare/shakespeare.txt.gz"
    whole = gzip.decompress(path.read_bytes()) if name == "shakespeare" else PLAY.read_bytes()
    train, test = CATALOGUE[name].examples
    assert shapes(dataset.train) == ((train,), np.uint8, (train,), np.int32)
    assert shapes(dataset.test) == ((test,), np.uint8, (test,), np.int32)
    assert text_of(dataset.train) + text_of(dataset.test) == whole
    assert train == len(whole) * 9 // 10 - 1


def test_a_label_out_of_range(folder):
    path = folder / "mnist/t10k-labels-idx1-ubyte.gz"
    write(path, encode_idx(np.array([3, 11, 5])))
    says = f"{path}: expected labels 0 to 9, found 11 at position 1 (counted from 0)"
    with pytest.raises(DataError, match=re.escape(says)):
        load("mnist", folder)


def test_a_label_that_is_neither_0_nor_1(folder):
    path = folder / "diabetes/diabetes.csv.gz"
    write(path, b"0,0,0,0,0,0,0,0,1\n" * 4 + b"0,0,0,0,0,0,0,0,0.5\n")
    with pytest.raises(DataError, match=r"expected labels 0 to 1, found 0\.5 at position 4"):
        load("diabetes", folder)


def test_a_label_of_a_colour_image_that_is_out_of_range(folder):
    path = folder / "cifar10/cifar-10-binary.tar.gz"
    members = small.cifar10_members()
    batch = members["data_batch_3.bin"]
    members["data_batch_3.bin"] = batch[:3073] + b"\x0a" + batch[3074:]
    write(path, small.encode_tar(members))
    says = f"{path}, cifar-10-batches-bin/data_batch_3.bin: expected labels 0 to 9, found 10 at po"
    with pytest.raises(DataError, match=re.escape(says) + r"sition 1 "):
        load("cifar10", folder)


def test_fewer_labels_than_images(folder):
    images = folder / "mnist/train-images-idx3-ubyte.gz"
    labels = folder / "mnist/train-labels-idx1-ubyte.gz"
    write(labels, encode_idx(np.zeros(11)))
    says = f"{labels}: expected dimensions 12 (one for each image in {images}), found 11"
    with pytest.raises(DataError, match=re.escape(says)):
        load("mnist", folder)


def test_the_test_images_in_the_place_of_the_training_images(folder):
    test = folder / "mnist/t10k-images-idx3-ubyte.gz"
    (folder / "mnist/train-images-idx3-ubyte.gz").write_bytes(test.read_bytes())
    with pytest.raises(DataError, match="expected dimensions 12x28x28, found 3x28x28"):
        load("mnist", folder)


def test_verify_reports_on_each_file(folder, monkeypatch):
    files = CATALOGUE["mnist"].sources[0].files
    digest = hashlib.sha256((folder / files[0].path).read_bytes()).hexdigest()
    one_published = (replace(files[0], sha256=digest), *files[1:3], replace(files[3], sha256=None))
    entry = replace(CATALOGUE["mnist"], sources=(Source("raw", one_published),))
    monkeypatch.setitem(CATALOGUE, "mnist", entry)
    assert verify("mnist", folder) == [
        f"mnist: 12 train and 3 test examples from {folder}",
        f"{folder / files[0].path}: matches the published file",
        f"{folder / files[1].path}: differs from the published checksum, structure is sound",
        f"{folder / files[2].path}: differs from the published checksum, structure is sound",
        f"{folder / files[3].path}: structure is sound (no checksum is published)",
    ]
    (folder / files[3].path).write_bytes(b"")
    with pytest.raises(DataError):
        verify("mnist", folder)


def test_verify_reads_the_embedded_sets():
    assert verify("digits")[0] == "digits: 1437 train and 360 test examples from embedded"
    assert verify("breast_cancer")[0] == "breast_cancer: 569 train examples from embedded"


def test_what_is_missing_is_named(folder):
    path = folder / "mnist/t10k-labels-idx1-ubyte.gz"
    path.unlink()
    advice = (
        f"put mnist/t10k-labels-idx1-ubyte.gz (packed or unpacked) into {folder}, where mnist has "
        "only t10k-images-idx3-ubyte.gz, train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz"
    )
    assert state("mnist", folder) == advice
    with pytest.raises(DataError, match=re.escape(f"mnist: {advice}")):
        load("mnist", folder)


def unpacked(file):
    path = file.with_suffix("")
    path.write_bytes(gzip.decompress(file.read_bytes()))
    file.unlink()
    return path


def dotted(file):
    return file.rename(file.with_name(file.name.replace("-idx", ".idx")))


def as_torchvision_has_it(file):
    place = {"mnist": "MNIST", "fashion_mnist": "FashionMNIST", "kmnist": "KMNIST"}
    raw = file.parent.parent / place[file.parent.name] / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    return file.rename(raw / file.name)


def beside_the_folder(file):
    return file.rename(file.parent.parent / file.name)


def again_packed(file):
    path = file.with_name(f"{file.name}.gz")
    path.write_bytes(gzip.compress(file.read_bytes()))
    file.unlink()
    return path


def untarred(file):
    with tarfile.open(file) as archive:
        archive.extractall(file.parent, filter="data")
    file.unlink()
    return file.with_name("cifar-10-batches-bin")


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        *(
            (name, changes)
            for name in ("mnist", "fashion_mnist", "kmnist")
            for changes in (
                [unpacked],
                [dotted],
                [unpacked, dotted],
                [as_torchvision_has_it],
                [unpacked, as_torchvision_has_it],
            )
        ),
        *(
            (name, changes)
            for name in ("diabetes", "names", "shakespeare", "cifar10")
            for changes in ([unpacked], [beside_the_folder], [unpacked, beside_the_folder])
        ),
        *(("cifar10", changes) for changes in ([untarred], [beside_the_folder, untarred])),
        ("titanic", [again_packed]),
    ],
)
def test_the_same_data_in_another_spelling(folder, name, changes):
    published = load(name, folder)
    paths = []
    for file in CATALOGUE[name].sources[0].files:
        path = folder / file.path
        for change in changes:
            path = change(path)
        paths.append(path)
    assert state(name, folder) == "ready"
    ours = load(name, folder)
    for split in ("train", "test") if published.test else ("train",):
        for one, other in zip(
            both(getattr(ours, split)), both(getattr(published, split)), strict=True
        ):
            np.testing.assert_array_equal(one, other, strict=True)
    report = verify(name, folder)[1:]
    assert [line.split(": ")[0] for line in report] == list(map(str, paths))
    other_form = {unpacked, untarred, again_packed} & set(changes)
    assert all(("of the other form" in line) == bool(other_form) for line in report)


def test_a_file_of_one_set_is_not_taken_for_anothers(folder):
    """In the folder itself the names say which set it is, but for the sets in MNIST's format."""
    for file in CATALOGUE["mnist"].sources[0].files:
        beside_the_folder(folder / file.path)
        (folder / file.path.replace("mnist", "kmnist")).unlink()
    assert state("mnist", folder).startswith("put mnist/train-images-idx3-ubyte.gz, mnist/tr")
    assert state("kmnist", folder).startswith("put kmnist/train-images-idx3-ubyte.gz, kmnist/tr")


def test_what_is_published_is_taken_before_another_spelling(folder):
    path = folder / "diabetes/diabetes.csv.gz"
    path.with_suffix("").write_bytes(b"?")
    assert len(load("diabetes", folder).train) == 5


@pytest.mark.parametrize(
    ("make", "seen"),
    [
        (lambda folder: None, "which does not exist"),
        (lambda folder: folder.mkdir(), "which is empty"),
        (lambda folder: folder.write_text(""), "which cannot be listed (Not a directory)"),
        (lambda folder: (folder / "a\x1b[2J").mkdir(parents=True), r"which has only a\x1b[2J"),
        (
            lambda folder: [(folder / "diabetes" / x).mkdir(parents=True) for x in "gfedcba"],
            "where diabetes has only a, b, c, d, e and 2 more",
        ),
    ],
)
def test_what_was_seen_is_told(tmp_path, make, seen):
    folder = tmp_path / "data"
    make(folder)
    says = f"put diabetes/diabetes.csv.gz (packed or unpacked) into {folder}, {seen}"
    assert state("diabetes", folder) == says


# The folder's own spelling


@pytest.mark.parametrize("variable", ["JAXDL_DATA_DIR", "TFDS_DATA_DIR"])
def test_a_home_folder_that_there_is_not(monkeypatch, capsys, variable):
    monkeypatch.setenv(variable, "~nosuchuser/data")
    says = f"{variable} is ~nosuchuser/data, and there is no home folder ~nosuchuser; name another"
    for ask in (state, load, verify, prepare):
        with pytest.raises(DataError, match=f"^{says} folder$"):
            ask("diabetes")
    for arguments in (["list"], ["data", "list"], ["data", "verify"], ["run", "l07"]):
        data_of_its_own = [] if arguments[0] != "run" else ["--data", "diabetes"]
        assert exit_code([*arguments, *data_of_its_own]) == 2
        assert capsys.readouterr().err == f"jaxdl: {says} folder\n"
    assert state("digits") == "embedded"
    with pytest.raises(DataError, match=r"^the folder is ~nosuchuser, and there"):
        load("diabetes", "~nosuchuser")


def test_the_home_folder_is_that_of_the_user(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder.parent))
    monkeypatch.setenv("JAXDL_DATA_DIR", f"~/{folder.name}")
    assert load("diabetes").source == str(folder)
    assert load("diabetes", f"~/{folder.name}").source == str(folder)


def test_a_variable_that_is_set_to_nothing_is_not_set(monkeypatch, tmp_path):
    monkeypatch.setenv("JAXDL_DATA_DIR", "")
    monkeypatch.setenv("TFDS_DATA_DIR", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert state("diabetes").startswith("set JAXDL_DATA_DIR to a folder containing")
    assert state("diabetes", "").startswith("set JAXDL_DATA_DIR to a folder containing")
    (_, prepared) = CATALOGUE["diabetes"].sources
    assert prepared.folder(None) == tmp_path / "tensorflow_datasets/jaxdl_diabetes/1.0.0"


def test_a_user_without_a_home_folder(monkeypatch):
    monkeypatch.delenv("HOME")
    monkeypatch.delenv("TFDS_DATA_DIR")
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)  # KeyError: a user without a name
    assert state("digits") == "embedded"
    assert state("diabetes").startswith("set JAXDL_DATA_DIR to a folder containing")
    with pytest.raises(DataError, match=r"^there is no home folder to keep"):
        prepare("diabetes")


# Names


def test_without_a_folder():
    embedded = ("digits", "breast_cancer", "surnames", "play")
    assert [state(name) for name in embedded] == ["embedded"] * 4
    advice = (
        "set JAXDL_DATA_DIR to a folder containing diabetes/diabetes.csv.gz, "
        "or run: jaxdl data prepare diabetes"
    )
    assert state("diabetes") == advice
    for read in (load, verify):
        with pytest.raises(DataError, match=f"^diabetes: {advice}$"):
            read("diabetes")


@pytest.mark.parametrize(
    ("name", "distribution"), [("digits", "scikit-learn"), ("surnames", "jaxdl")]
)
def test_an_embedded_set_whose_package_is_not_there(monkeypatch, name, distribution):
    monkeypatch.setitem(EMBEDDED, distribution, ("no_such_package", ""))
    advice = f"its files come with {distribution}; pip install {distribution}"
    assert state(name) == advice
    with pytest.raises(DataError, match=f"^{name}: {advice}$"):
        load(name)


@pytest.mark.parametrize("ask", [load, state, verify])
def test_an_unknown_name(ask):
    with pytest.raises(InputError, match=r"no dataset 'mnits'; did you mean mnist\?"):
        ask("mnits")
    with pytest.raises(
        InputError, match="choose from digits, breast_cancer, diabetes, titanic, mn"
    ):
        ask("x")


def test_the_catalogue_is_complete():
    for name, entry in CATALOGUE.items():
        assert entry.name == name
        assert entry.title
        assert entry.title_zh
        assert entry.licence
        assert entry.size > 0
        assert name in readers.READERS
        for source in entry.sources:
            assert source.kind != "tfds" or all(file.url and file.sha256 for file in source.files)
            assert {file.url for file in source.files} == {
                entry.address if len(source.files) == 1 else entry.address + file.name
                for file in source.files
            }
    assert [name for name, entry in CATALOGUE.items() if entry.embedded] == [
        "digits",
        "breast_cancer",
        "surnames",
        "play",
    ]


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        *((name, f"url_checksums/{name}.txt") for name in CATALOGUE if "mnist" in name),
        ("cifar10", "url_checksums/cifar10.txt"),
        ("titanic", "datasets/titanic/checksums.tsv"),
    ],
)
def test_what_is_published_is_what_tfds_has_on_record(name, theirs):
    spec = importlib.util.find_spec("tensorflow_datasets")
    record = (Path(spec.origin).parent / theirs).read_text().split("\n")
    ours = [
        f"{file.url}\t{file.size}\t{file.sha256}\t{file.name}"
        for file in CATALOGUE[name].sources[0].files
    ]
    assert sorted(ours) == sorted(filter(None, record))


def test_the_addresses_are_told_by_one():
    assert CATALOGUE["digits"].address == ""
    assert CATALOGUE["mnist"].address == "https://storage.googleapis.com/cvdf-datasets/mnist/"
    assert CATALOGUE["cifar10"].address.endswith("/cifar-10-binary.tar.gz")


def test_asking_what_is_there_imports_nothing_heavy():
    program = """if True:
        import sys
        from jaxdl.data import CATALOGUE, state
        assert [state(name) for name in CATALOGUE][0] == "embedded"
        print({"numpy", "sklearn", "jax", "jaxtyping"} & set(sys.modules))
    """
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout == "set()\n"


def test_reading_an_embedded_set_does_not_import_scikit_learn():
    program = "import sys, jaxdl.data as d; d.load('digits'); print('sklearn' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout == "False\n"


# The real files: what is embedded, and what the machine's own folder holds

AT_HAND = [name for name in CATALOGUE if state(name, REAL) in ("embedded", "ready")]


@pytest.mark.parametrize("name", AT_HAND)
def test_the_real_files(name):
    dataset = load(name, REAL)
    entry = CATALOGUE[name]
    assert len(dataset.train) == entry.examples[0]
    assert dataset.train.x.shape[1:] == entry.features
    if not entry.is_text:  # of ASCII's 128 characters no text has all
        assert set(np.unique(dataset.train.y)) == set(range(entry.classes))
    if name == "diabetes":
        path = Path(str(REAL)) / "diabetes/diabetes.csv.gz"
        theirs = np.loadtxt(path, delimiter=",", dtype=np.float32)
        assert np.hstack([dataset.train.x, dataset.train.y]).tobytes() == theirs.tobytes()
    if name == "names":
        for split, part in ((dataset.train, "train"), (dataset.test, "test")):
            path = Path(str(REAL)) / f"names/names_{part}.csv.gz"
            with gzip.open(path, "rt") as file:  # the course's own lines
                theirs = list(csv_of_text.reader(file))
            assert [[x, entry.class_name(y)] for x, y in zip(*both(split), strict=True)] == theirs
        known = set(zip(*both(dataset.train), strict=True))
        assert sum(row in known for row in zip(*both(dataset.test), strict=True)) == 773
        left = np.bincount(leak_free(dataset).y, minlength=18)
        assert (left.sum(), left.max()) == (5654, 3092)
        assert [entry.class_name(y) for y in np.flatnonzero(left == 0)] == ["Arabic"]
    if name == "shakespeare":
        content = gzip.decompress((Path(str(REAL)) / "shakespeare/shakespeare.txt.gz").read_bytes())
        assert text_of(dataset.train) + text_of(dataset.test) == content
    report = verify(name, REAL)
    if entry.sources[0].distribution == "jaxdl":
        assert report[1].endswith(": matches the published file")
    assert report[0].startswith(f"{name}: {entry.examples[0]} train")
    assert len(report) == 1 + len(entry.sources[0].files)
