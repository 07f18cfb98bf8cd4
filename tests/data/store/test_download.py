"""What a server may do to a download: the whole file, or a DataError in one line, and soon."""

import hashlib
import itertools
import socket
import threading

import pytest
from hypothesis import given

from jaxdl.data import DataError, File
from jaxdl.data.store.download import Limits, fetch
from tests.data.accidents import damaged, thorough

CONTENT = bytes(range(256)) * 4
OK = b"HTTP/1.1 200 OK\r\n"
PLAIN = OK + b"Content-Length: 1024\r\n\r\n" + CONTENT
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n400\r\n" + CONTENT + b"\r\n0\r\n\r\n"
FOUND = b"HTTP/1.1 302 Found\r\nLocation: "
SOON = Limits(silence=10)


class Server(threading.Thread):
    """Answers every request on a loopback port with the same bytes, at most 5,000 of them."""

    def __init__(self):
        super().__init__()
        self.answer, self.asked = b"", 0
        self.connection = None  # the one that is open, where it is to stay so
        self.keep, self.answered = False, threading.Event()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def run(self):
        for _ in range(5000):
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            connection.settimeout(10)
            self.asked += 1
            try:
                connection.recv(1 << 16)
                connection.sendall(self.answer)
            except OSError:
                pass  # the client has gone
            if self.keep:
                self.connection = connection
                self.answered.set()
            else:
                connection.close()

    def stop(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.join()
        self.socket.close()
        if self.connection:
            self.connection.close()

    def fetch(self, folder, answer, limits=SOON, size=1024):
        self.answer = answer.replace(b"PORT", str(self.port).encode())
        sha256 = hashlib.sha256(CONTENT).hexdigest()
        url = f"http://127.0.0.1:{self.port}/file"
        fetch(File("set/file", size, sha256, url), folder, list, limits)
        assert (folder / "file").read_bytes() == CONTENT

    def refused(self, folder, answer, limits=SOON, size=1024):
        """What is said of an answer that is not the file."""
        with pytest.raises(DataError) as error:
            self.fetch(folder, answer, limits, size)
        assert list(folder.iterdir()) == []
        text = str(error.value)
        assert text.isprintable()  # no end of line, no escape sequence
        assert text.startswith(f"http://127.0.0.1:{self.port}/file: ")
        return text.partition("/file: ")[2]


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    server = Server()
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("answer", [PLAIN, CHUNKED, OK + b"\r\n" + CONTENT])
def test_the_file(server, tmp_path, answer):
    server.fetch(tmp_path, answer)


def test_after_a_redirection(server, tmp_path):
    other = Server()
    other.start()
    other.answer = PLAIN
    server.fetch(tmp_path, FOUND + b"http://127.0.0.1:%d/there\r\n\r\n" % other.port)
    other.stop()
    assert (server.asked, other.asked) == (1, 1)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (CHUNKED.replace(b"400", b"-5"), "an answer that cannot be read (read length must be n"),
        (CHUNKED.replace(b"400", b"-1"), "an answer that cannot be read (IncompleteRead("),
        (CHUNKED.replace(b"400", b"\x1b[2J"), "an answer that cannot be read (IncompleteRead("),
        (CHUNKED.replace(b"400", b"F" * 5000), "an answer that cannot be read (IncompleteRead("),
        (FOUND + b"http://[::1/\r\n\r\n", "an answer that cannot be read (Invalid IPv6 URL)"),
        (FOUND + b"http://\xff\xfe\x1b[2J/\r\n\r\n", "an answer that cannot be read (Inv"),
        (FOUND + b"http://" + b"a" * 70 + b"/\r\n\r\n", "an answer that cannot be read (encod"),
        (FOUND + b"http://127.0.0.1:x/\r\n\r\n", "an answer that cannot be read (nonnumeric p"),
        (FOUND + b"ftp://127.0.0.1:PORT/\r\n\r\n", "unknown url type: ftp;"),
        (FOUND + b"file:///\x1b[2J\r\n\r\n", "the server answers 302 Found - Redirection to url"),
        (FOUND + b"http://127.0.0.1:PORT/\r\n\r\n", "the server answers 302 The HTTP server ret"),
        (b"HTTP/1.1 404 \x1b[2J\x9b31m\x07\r\n\r\n", r"the server answers 404 \x1b[2J\x9b31m\x07;"),
        (b"HTTP/1.1 503 " + b"a" * 9999 + b"\r\n\r\n", f"the server answers 503 {'a' * 200}…;"),
        (b"HTTP/1.1 \x1b[31mBAD\r\n\r\n", r"an answer that cannot be read (HTTP/1.1 \x1b[31mBAD)"),
        (b"\x1b]0;title\x07\r\n\r\n", r"an answer that cannot be read (\x1b]0;title\x07);"),
        (OK + b"A: b\r\n" * 101 + b"\r\n", "an answer that cannot be read (got more than 100 he"),
        (OK + b"A: " + b"b" * 99999, "an answer that cannot be read (got more than 65536 bytes"),
        (b"", "Remote end closed connection without response;"),
        (PLAIN[:-1], "expected 1024 bytes, found 1023;"),
        (PLAIN[:-1] + b"?", "expected SHA-256 "),
        (PLAIN.replace(b"1024", b"1025") + b"?", "expected 1024 bytes, found more;"),
    ],
)
def test_an_answer_that_is_not_the_file(server, tmp_path, answer, says):
    assert server.refused(tmp_path, answer).startswith(says)
    assert server.asked <= 11  # ten redirections


@pytest.mark.parametrize("answer", [PLAIN, CHUNKED], ids=["plain", "chunked"])
def test_a_damaged_answer(server, tmp_path_factory, answer):
    @thorough
    @given(damaged(answer))
    def accident(data):
        folder = tmp_path_factory.mktemp("download")
        try:
            server.fetch(folder, data)
        except DataError as error:
            assert str(error).isprintable()  # noqa: PT017 # either outcome is right
            assert list(folder.iterdir()) == []

    accident()


# Answers without end. The clock is the test's own: nobody waits.


def clock(step, each=lambda: None):
    """Each look at it is so many seconds after the last one; `each` is done before all but one."""

    def now():
        time = next(times)
        if time:
            each()
        return time

    times = itertools.count(0, step)
    return now


CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        CONTINUE * 9999,
        CHUNKED.replace(b"400", b"-1") + bytes(99999),
        CHUNKED.removesuffix(b"\r\n") + b"A: b\r\n" * 9999,
        OK + b"\r\n" + bytes(99999),
        FOUND + b"http://127.0.0.1:PORT/\r\n\r\n" + bytes(99999),
    ],
    ids=["continue", "chunk", "trailers", "file", "redirection"],
)
def test_what_never_ends_is_left_after_the_bytes_that_the_file_has(server, tmp_path, answer):
    says = server.refused(tmp_path, answer, Limits(silence=10, extra=9999))
    assert says in (
        "the server sends more than the 1,024 bytes published; check the network and try again",
        "expected 1024 bytes, found more; the download was cut short or another file is published "
        "there now: try again",
    )


@pytest.mark.parametrize("sent", [b"", OK, OK + b"A: ", CONTINUE], ids=ascii)
def test_an_answer_that_does_not_begin(server, tmp_path, sent):
    """A byte of the headers every 0.9 seconds."""
    server.keep = True
    limits = Limits(silence=10, now=clock(0.9, lambda: trickle(server)))
    says = "no answer within 60 seconds; check the network and try again"
    assert server.refused(tmp_path, sent, limits) == says


def test_a_byte_every_0_9_seconds(server, tmp_path):
    server.keep = True
    limits = Limits(silence=10, now=clock(0.9, lambda: trickle(server)))
    says = "too slow: 1 bytes a second, the least is 4,000; check the network and try again"
    assert server.refused(tmp_path, PLAIN[:60], limits) == says


def trickle(server):
    """Send one byte more after the answer."""
    assert server.answered.wait(10)
    server.connection.sendall(b"x")


def test_too_long_at_a_rate_that_would_do(server, tmp_path):
    limits = Limits(silence=10, least=0, overall=300, now=clock(10))
    says = "not whole after 300 seconds; check the network and try again"
    head = OK + b"Content-Length: 9999999\r\n\r\n"
    assert server.refused(tmp_path, head + bytes(9_000_000), limits, size=9_999_999) == says


def test_the_largest_file_may_come_at_the_least_rate():
    from jaxdl.data import CATALOGUE

    limits = Limits()
    largest = max(file.size for e in CATALOGUE.values() for s in e.sources for file in s.files)
    assert largest / limits.least + limits.window <= limits.overall
