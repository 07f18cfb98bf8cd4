"""Small datasets in the formats of the real ones."""

import gzip
import hashlib
import importlib.util
import io
import struct
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from jaxdl.data import CATALOGUE, Entry

# What can be downloaded, and how many examples it has here.
EXAMPLES = {
    "diabetes": (5, 0),
    "titanic": (5, 0),
    "mnist": (12, 3),
    "fashion_mnist": (12, 3),
    "kmnist": (12, 3),
    "cifar10": (10, 3),
    "names": (6, 4),
    "shakespeare": (184, 20),
}

# A comma, a slash and quotes in quoted text; an age, a fare and a port that are not known.
PASSENGERS = """\
"pclass","survived","name","sex","age","sibsp","parch","ticket","fare","cabin","embarked",\
"boat","body","home.dest"
1,1,"Alder, Miss. Ann","female",30,0,0,"24160",99,"B5","S","2",?,"St Louis, MO"
1,0,"Birch, Mr. Ben","male",0.1667,1,2,"PC 17",9,?,"C",?,135,"Montreal, PQ / Chesterville"
2,1,"Cedar, Mrs. Cleo (""Cee"")","female",60,8,0,"11",0,?,"Q","10",?,?
3,0,"Dogwood, Mr. Dan","male",?,0,0,"LINE",?,?,"S",?,?,?
3,1,"Elm, Mr. Ed","male",80,0,4,"3",9,?,?,"A",?,?
"""

# The oddities of the real files: a space or a comma at the end, a name twice, and of two countries;
# names that stand in both files, with the same country and with another.
TRAIN_NAMES = """\
"Abl","Czech"
"See ","Chinese"
"Jevolojnov,","Russian"
"Abl","German"
"To The First Page","Russian"
"To The First Page","Russian"
"""
TEST_NAMES = """\
"To The First Page","Russian"
"O'Byrne","Irish"
"See","Chinese"
"Abl","Polish"
"""

SPEECHES = """\
First Citizen:
Before we proceed any further, hear me speak.

All:
Speak, speak.

First Citizen:
You are all resolved rather to die than to famish?

All:
Resolved. resolved.

First Citizen:
First, you know
"""


def entry(name: str) -> Entry:
    """The catalogue's entry, with as many examples as the small files have."""
    return replace(CATALOGUE[name], examples=EXAMPLES[name])


def publish(entry: Entry, contents: dict[str, bytes], url: str) -> Entry:
    """The entry, as if these were its files and published below this address."""
    files = tuple(
        replace(
            file,
            size=len(contents[file.path]),
            sha256=hashlib.sha256(contents[file.path]).hexdigest(),
            url=url + file.path,
        )
        for file in entry.sources[0].files
    )
    return replace(entry, sources=tuple(replace(source, files=files) for source in entry.sources))


def contents(name: str) -> dict[str, bytes]:
    """A dataset's files by their path in the folder of original files."""
    paths = [file.path for file in CATALOGUE[name].sources[0].files]
    random = np.random.default_rng(sorted(EXAMPLES).index(name))
    train, test = EXAMPLES[name]
    if name == "diabetes":
        rows = [[*random.uniform(-1, 1, 8).round(6), i % 2] for i in range(train)]
        text = "".join(",".join(map(str, row)) + "\n" for row in rows)
        files = [gzip.compress(text.encode(), mtime=0)]
    elif name == "titanic":
        files = [PASSENGERS.encode()]
    elif name == "names":
        texts = (text.replace("\n", "\r\n") for text in (TRAIN_NAMES, TEST_NAMES))
        files = [gzip.compress(text.encode(), mtime=0) for text in texts]
    elif name == "shakespeare":
        files = [gzip.compress(SPEECHES.encode(), mtime=0)]
    elif name == "cifar10":
        files = [gzip.compress(encode_tar(cifar10_members()), mtime=0)]
    else:
        files = []
        for n in (train, test):
            images = random.integers(0, 256, (n, 28, 28))
            files += [encode_idx(images), encode_idx(np.arange(n) % 10)]
        files = [gzip.compress(file, mtime=0) for file in files]
    return dict(zip(paths, files, strict=True))


def encode_idx(array: np.ndarray) -> bytes:
    header = struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return header + array.astype(np.uint8).tobytes()


def cifar10_images() -> tuple[np.ndarray, np.ndarray]:
    """Training and test images as they are loaded, and their labels: 0, 1, 2, …"""
    images = np.random.default_rng(0).integers(0, 256, (13, 32, 32, 3)).astype(np.uint8)
    return images[:10], images[10:]


def cifar10_members() -> dict[str, bytes]:
    """The files of the archive, in an order that is not the batches', as in the real one."""
    train, test = (
        [bytes([i % 10]) + image.transpose(2, 0, 1).tobytes() for i, image in enumerate(images)]
        for images in cifar10_images()
    )
    batches = {f"data_batch_{i}.bin": b"".join(train[2 * i - 2 : 2 * i]) for i in (1, 3, 4, 5, 2)}
    return {
        **batches,
        "batches.meta.txt": b"airplane\n",
        "test_batch.bin": b"".join(test),
        "readme.html": b"<html>\n",
    }


def encode_tar(members: dict[str, bytes], **options) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", **options) as archive:
        folder = tarfile.TarInfo("cifar-10-batches-bin")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name, content in members.items():
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def published_titanic():
    """The published file: OpenML makes it of an ARFF file that scikit-learn's own tests contain."""
    sklearn = Path(importlib.util.find_spec("sklearn").origin).parent
    arff = sklearn / "datasets/tests/data/openml/id_40945/data-v1-dl-16826755.arff.gz"
    head, rows = gzip.decompress(arff.read_bytes()).split(b"@data\n")
    names = [line.split(b"'")[1] for line in head.splitlines() if line.startswith(b"@attribute")]
    return b",".join(b'"%b"' % name for name in names) + b"\n" + rows.rstrip(b"\n") + b"\n"
