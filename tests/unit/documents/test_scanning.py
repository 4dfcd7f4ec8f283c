"""The antivirus hook, against a daemon that speaks clamd's INSTREAM."""

import socketserver
import struct
import threading

import pytest

from grants.core.errors import Problems
from grants.documents import scanning
from grants.documents.checking import examine
from tests.unit.documents.test_checking import pdf


class Daemon(socketserver.StreamRequestHandler):
    """Finds a virus in what holds the word EICAR."""

    def handle(self):
        assert self.rfile.read(10) == b"zINSTREAM\0"
        data = b""
        while length := struct.unpack(">I", self.rfile.read(4))[0]:
            data += self.rfile.read(length)
        self.wfile.write(b"stream: Eicar-Test FOUND\0" if b"EICAR" in data else b"stream: OK\0")


@pytest.fixture
def daemon(speaking):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Daemon) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        speaking.config["CLAMD"] = f"127.0.0.1:{server.server_address[1]}"
        yield
        server.shutdown()


def test_without_a_daemon_nothing_claims_to_be_clean(speaking):
    assert examine(pdf(), "a.pdf").scan_state == "unscanned"
    speaking.config["CLAMD"] = "127.0.0.1:1"
    assert scanning.scan(b"x") == "unscanned"


@pytest.mark.usefixtures("daemon")
def test_clean_file_says_so_and_a_virus_is_refused():
    assert examine(pdf(), "a.pdf").scan_state == "clean"
    assert scanning.scan(b"x" * 200_000) == "clean"
    with pytest.raises(Problems, match="virus"):
        examine(pdf() + b"%EICAR", "a.pdf")
