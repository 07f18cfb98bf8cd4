"""Links that lead out of the repository: what answers, and what does not."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tools import external


class Server(BaseHTTPRequestHandler):
    """/200 answers 200; /405 knows GET alone; /later is busy twice; any other number is said."""

    asked = 0

    def do_HEAD(self):
        Server.asked += 1
        name = self.path[1:]
        busy = name == "later" and Server.asked < 4  # HEAD, GET, HEAD
        code = 503 if busy else 200 if name == "later" else int(name)
        self.send_response(200 if code == 405 and self.command == "GET" else code)
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


@pytest.mark.parametrize("path", ["200", "405", "403", "429"])
def test_what_answers_is_there(server, path):
    assert external.wrong(f"{server}/{path}", pause=0) == ""


def test_a_busy_server_is_asked_again(server):
    Server.asked = 0
    assert external.wrong(f"{server}/later", pause=0) == ""
    assert Server.asked == 4


@pytest.mark.parametrize(("path", "told"), [("404", "answers 404"), ("500", "answers 500")])
def test_what_leads_nowhere_is_told(server, path, told, capsys):
    address = f"{server}/{path}"
    assert told in external.wrong(address, pause=0)


def test_a_dead_link_fails(server, capsys):
    assert external.main([f"{server}/200"]) == 0
    assert external.main([f"{server}/404"]) == 1
    assert "/404 answers 404" in capsys.readouterr().out


def test_nobody_answers(monkeypatch):
    monkeypatch.setattr(external, "urlopen", refused)
    assert "does not answer: refused" in external.wrong("http://nowhere.example", pause=0)


def refused(*args, **options):
    raise ConnectionRefusedError("refused")


def test_pages_and_data_sets_are_asked_for():
    found = external.addresses()
    assert found["https://docs.jax.dev"] == ["README.md", "README.zh.md"]
    assert any("data set mnist" in places for places in found.values())
    assert all(address.startswith("http") and "#" not in address for address in found)
