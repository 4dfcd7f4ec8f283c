"""A mail server in a thread: enough SMTP for a client of the standard library, with what can go wrong on request."""

import socketserver
import threading
from email import message_from_bytes, policy


class _Session(socketserver.StreamRequestHandler):
    def handle(self):
        self._say("220 ready")
        self.to = None
        for line in self.rfile:
            verb, _space, rest = line.decode().strip().partition(" ")
            if verb.upper() == "QUIT":
                return self._say("221 bye")
            if verb.upper() == "DATA":
                self._data()
            else:
                self._say(self._answer(verb.upper(), rest))
        return None

    def _answer(self, verb: str, rest: str) -> str:
        if verb == "EHLO":
            return "250-here\r\n250-8BITMIME\r\n250 SMTPUTF8"
        if verb == "RCPT":
            self.to = rest.partition("<")[2].partition(">")[0]
            if self.to in self.server.mail.unknown:
                return "550 no such mailbox"
        return "250 good"

    def _data(self):
        self._say("354 go on")
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b"..") else line)
        self.server.mail.received.append(b"".join(lines))
        self._say("250 kept")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class MailServer:
    """`with MailServer() as server`: listens on `port`, keeps what it `received`, refuses those who are `unknown`."""

    def __init__(self):
        self.received: list[bytes] = []
        self.unknown: set[str] = set()
        self.port = 0
        self._server = None

    def start(self) -> None:
        self._server = _Server(("127.0.0.1", self.port), _Session)
        self._server.mail = self
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @property
    def messages(self) -> list:
        """What came, as messages."""
        return [message_from_bytes(content, policy=policy.default) for content in self.received]

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_error):
        self.stop()
