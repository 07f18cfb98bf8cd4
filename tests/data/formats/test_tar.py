"""Archives: read as Python's own tarfile reads them, or refused."""

import gzip
import io
import tarfile

import pytest
from hypothesis import given

from jaxdl.data import DataError
from jaxdl.data.formats.tar import read_tar, read_unpacked
from tests.data.accidents import attempt, content, forms, thorough
from tests.data.small import encode_tar

FOLDER = "cifar-10-batches-bin/"
MEMBERS = {"b.bin": bytes(range(256)) * 3, "notes": b"passed over", "a.bin": b"abc"}
SIZES = {FOLDER + "a.bin": 3, FOLDER + "b.bin": 768}
ARCHIVE = encode_tar(MEMBERS)
END = len(ARCHIVE.rstrip(b"\0")) + 512 & -512  # of the last member; zeros follow


@pytest.fixture(scope="session")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("tar") / "archive"


def read(path, data, sizes=SIZES):
    path.unlink(missing_ok=True)  # a new file is written faster than an old one is overwritten
    path.write_bytes(data)
    return list(read_tar(path, sizes, {FOLDER + "notes"}))


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_reads_in_the_archives_order(path, pack, format):
    notes = {"mtime": "1244000000.5"}  # what makes the pax format write a header of its own
    options = {"pax_headers": notes} if format == tarfile.PAX_FORMAT else {}
    data = encode_tar(MEMBERS, format=format, **options)
    names = [FOLDER + "b.bin", FOLDER + "a.bin"]
    contents = [MEMBERS["b.bin"], MEMBERS["a.bin"]]
    assert read(path, pack(data)) == list(zip(names, contents, strict=True))


def with_header(data, name, field, value):
    """The archive with a field of a member's header changed, and the header's checksum right."""
    at = data.index((FOLDER + name).encode())
    header = bytearray(data[at : at + 512])
    start, stop = {"name": (0, 100), "size": (124, 136), "type": (156, 157)}[field]
    header[start:stop] = value.ljust(stop - start, b"\0")
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return data[:at] + bytes(header) + data[at + 512 :]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda d: b"", "a tar header of 512 bytes, found a file of 0 bytes"),
        (lambda d: bytes(1024), "the members .*a.bin, .*b.bin, found the end"),
        (lambda d: d[:100], "a tar header of 512 bytes, found a file of 100 bytes"),
        (lambda d: d[:512], "a tar header of 512 bytes, found 0 bytes"),
        (lambda d: d[:1000], "a tar header of 512 bytes, found 488 bytes"),
        (lambda d: d[:1024], "b.bin' of 768 bytes, found 0 bytes"),
        (lambda d: d[:1500], "b.bin' of 768 bytes, found 476 bytes"),
        (lambda d: d[:1800], "zeros after .*b.bin' of 256 bytes, found 8 bytes"),
        (lambda d: d[:END], "a tar header of 512 bytes, found 0 bytes"),
        (lambda d: d[:2000] + b"?" + d[2001:], "zeros after .*b.bin', found something else"),
        (lambda d: d[: END + 512], "zeros after the last member of 512 bytes, found 0 bytes"),
        (lambda d: d + b"?", "zeros after the last member, found something else"),
        (lambda d: d + bytes(10240), "the end of the file after the archive, found more"),
        (lambda d: b"?" + d[1:], r"a sound tar header, found damage \(bad checksum\)"),
        (lambda d: gzip.compress(d)[:-1], "a whole gzip file, found one cut short"),
        (lambda d: gzip.compress(d)[:-8] + bytes(8), "sound gzip file, found damage .CRC"),
        (lambda d: gzip.compress(d) + b"?", "sound gzip file, found damage .Not a gzipped"),
        (
            lambda d: with_header(d, "a.bin", "size", b"00000000004"),
            "a.bin' of 3 bytes, found 4 bytes",
        ),
        (
            lambda d: with_header(d, "b.bin", "size", b"77777777777"),
            "b.bin' of 768 bytes, found 8589934591 bytes",
        ),
        (
            lambda d: with_header(d, "b.bin", "size", b"\xff" * 12),
            "b.bin' of 768 bytes, found -1 bytes",
        ),
        (
            lambda d: with_header(d, "notes", "size", b"77777777777"),
            "as the next member one of .*a.bin, found .*notes' of 8589934591 bytes",
        ),
        (
            lambda d: with_header(d, "notes", "size", b"\xff" * 12),
            "as the next member one of .*a.bin, found .*notes' of -1 bytes",
        ),
        (
            lambda d: with_header(d, "a.bin", "name", b"/etc/passwd"),
            "as the next member one of .*a.bin, found '/etc/passwd' of 3 bytes",
        ),
        (
            lambda d: with_header(d, "a.bin", "name", b"\xff\n"),
            r"as the next member one of .*a.bin, found '\\\\xff\\n' of 3 bytes",
        ),
        (
            lambda d: with_header(d, "a.bin", "type", tarfile.SYMTYPE),
            "as the next member one of .*a.bin, found .*a.bin' of 3 bytes",
        ),
        (
            lambda d: with_header(d, "a.bin", "name", (FOLDER + "b.bin").encode()),
            "as the next member one of .*a.bin, found .*b.bin' of 3 bytes",
        ),
        (
            lambda d: with_header(d, "", "name", b"elsewhere/"),
            "as the next member one of .*a.bin.*, found 'elsewhere' of 0 bytes",
        ),
        (
            lambda d: with_header(d, "", "size", b"00000001000"),
            "as the next member one of .*a.bin.*, found 'cifar-10-batches-bin' of 512 bytes",
        ),
        (lambda d: d[:END] + d[512:], "the end of the archive, found .*b.bin' of 768 bytes"),
        (
            lambda d: encode_tar({**MEMBERS, "more": b"1"}),
            "the end of the archive, found .*more' of 1 bytes",
        ),
    ],
)
def test_says_what_is_wrong(path, spoil, says):
    with pytest.raises(DataError, match=f"^{path}: expected .*{says}.*; the file is damaged"):
        read(path, spoil(ARCHIVE))


def as_tarfile_has_it(data):
    """The wanted members as Python's tarfile reads them, in the archive's order."""
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        members = [member for member in archive if member.name in SIZES]
        return [(member.name, archive.extractfile(member).read()) for member in members]


def check(path, data):
    """Whether it is read, and then that it is read right."""
    members = attempt(lambda: read(path, data))
    if members is not None:
        assert dict(members).keys() == SIZES.keys()
        assert members == as_tarfile_has_it(content(data))
    return members is not None


@pytest.mark.parametrize("form", forms(ARCHIVE))
def test_is_read_right_or_refused(path, form):
    @thorough
    @given(forms(ARCHIVE)[form])
    def run(data):
        check(path, data)

    run()


def test_every_cut_and_a_flipped_bit_of_every_byte(path):
    whole = encode_tar({"b.bin": b"abcde", "a.bin": b"abc"})[512:3584]
    sizes = {FOLDER + "b.bin": 5, FOLDER + "a.bin": 3}
    assert attempt(lambda: read(path, whole, sizes))
    for n in range(len(whole)):
        assert attempt(lambda n=n: read(path, whole[:n], sizes)) is None
    passed = set()
    for at, byte in enumerate(whole):
        data = whole[:at] + bytes([byte ^ 1 << at % 8]) + whole[at + 1 :]
        if attempt(lambda data=data: read(path, data, sizes)):
            passed.add(at)
    # A plain archive has no checksum of the contents, and none of a header's own checksum: six
    # digits and what surrounds them.
    untold = {*range(148, 156), *range(512, 517), *range(1172, 1180), *range(1536, 1539)}
    assert passed <= untold
    assert passed >= {*range(512, 517), *range(1536, 1539)}


def test_the_unpacked_folder_is_read_as_strictly(tmp_path):
    (tmp_path / "a.bin").write_bytes(MEMBERS["a.bin"])
    with pytest.raises(DataError, match=r"b\.bin: expected a readable file, found No such file"):
        list(read_unpacked(tmp_path, SIZES))
    for wrong, says in ((b"ab", "which cannot hold it"), (MEMBERS["b.bin"] + b"c", "more bytes")):
        (tmp_path / "b.bin").write_bytes(wrong)
        with pytest.raises(DataError, match=says):
            list(read_unpacked(tmp_path, SIZES))
    (tmp_path / "b.bin").write_bytes(gzip.compress(MEMBERS["b.bin"]))
    (tmp_path / "notes").touch()
    assert dict(read_unpacked(tmp_path, SIZES)) == {
        FOLDER + name: MEMBERS[name] for name in ("a.bin", "b.bin")
    }
