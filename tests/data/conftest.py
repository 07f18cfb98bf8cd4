import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from jaxdl.data import CATALOGUE
from tests.data import small


@pytest.fixture(autouse=True)
def no_folder(monkeypatch):
    """The machine's own data folder stays out; a test of the real files asks for it itself."""
    monkeypatch.delenv("JAXDL_DATA_DIR", raising=False)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of small original files, and a catalogue that says so."""
    for name in small.EXAMPLES:
        monkeypatch.setitem(CATALOGUE, name, small.entry(name))
        write(tmp_path / "raw", small.contents(name))
    return tmp_path / "raw"


def write(folder, contents):
    for path, content in contents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


@pytest.fixture
def name():
    """The dataset that `server` publishes; a test may be parametrised over others."""
    return "mnist"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """The folder that datasets are prepared in."""
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "store"))
    return tmp_path / "store"


@pytest.fixture
def server(name, folder, home, monkeypatch):
    """Publishes a small dataset on the loopback address.

    `answers` may be changed: "cut" and "hang" stop in the middle, "silence" never begins, None is
    not found. `asked` are the paths of the requests.
    """
    monkeypatch.setenv("no_proxy", "*")  # the machine's proxy does not know this server
    contents = small.contents(name)
    released = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            path = self.path[1:]
            answer = server.answers.get(path)
            server.asked.append(path)
            if answer is None:
                self.send_error(404)
                return
            if answer == "silence":
                released.wait(30)
                return
            self.send_response(200)
            promised = contents[path] if answer in ("hang", "cut") else answer
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
    server.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setitem(CATALOGUE, name, small.publish(CATALOGUE[name], contents, server.url))
    yield server
    released.set()
    server.shutdown()
    server.server_close()
    thread.join()
