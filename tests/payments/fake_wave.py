"""A server that behaves as Wave's documentation of payouts says, and fails as servers fail: for tests of what is concluded.

One call at a time may be told to go wrong: `next("lost")` does what was asked and answers nothing.
"""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

KEY = "wave_ml_test_" + "k" * 32
REASONS = {"recipient-account-blocked": 422, "insufficient-funds": 422, "surprise": 422}


class FakeWave:
    """What Wave holds: payouts by id, first answers by key, and what is to go wrong next."""

    def __init__(self):
        self.payouts: dict[str, dict] = {}
        self.first: dict[str, tuple[str, int, dict]] = {}
        self.faults: list[str] = []
        self.calls: list[tuple[str, str]] = []
        self.holds = 50_000_000
        self.reached = threading.Event()
        self.go_on = threading.Event()
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"wave": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()

    def next(self, *faults: str) -> None:
        self.faults.extend(faults)

    def count(self, method: str) -> int:
        return sum(one == method for one, _path in self.calls)

    def fault(self) -> str:
        with self._lock:
            return self.faults.pop(0) if self.faults else ""

    def pay(self, key: str, body: dict, fault: str) -> tuple[int, dict]:
        """The first answer to a key is its answer for ever; other content under it is refused."""
        with self._lock:
            said = json.dumps(body, sort_keys=True)
            if key in self.first:
                before, status, answer = self.first[key]
                if before != said:
                    return 409, {"code": "idempotency-mismatch", "message": "The key was used with another body."}
                return status, answer
            if fault in REASONS:
                answer = REASONS[fault], {"code": fault, "message": "refused"}
            elif not body["receive_amount"].isdecimal() or not body["mobile"].startswith("+"):
                answer = 400, {"code": "request-validation-error", "message": "unsound"}
            else:
                number = f"pt-{len(self.payouts) + 1:05d}"
                state = "processing" if fault == "slow" else "succeeded"
                made = {**body, "id": number, "fee": "1500", "status": state, "timestamp": "2026-01-01T00:00:00Z"}
                self.payouts[number] = made
                self.holds -= int(body["receive_amount"]) + 1500
                answer = 200, made
            self.first[key] = (said, *answer)
            return answer


class _Handler(BaseHTTPRequestHandler):
    wave: FakeWave

    def log_message(self, *_args):
        """A test needs no log."""

    def do_POST(self):
        self.wave.calls.append(("POST", self.path))
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self._known():
            return
        fault = self.wave.fault()
        if fault == "down":
            self._say(503, {"code": "service-unavailable"})
            return
        if fault == "busy":
            self._say(429, {"code": "too-many-requests"}, {"Retry-After": "7"})
            return
        status, said = self.wave.pay(self.headers["Idempotency-Key"], body, fault)
        if fault == "hang":
            self.wave.reached.set()
            self.wave.go_on.wait(30)
            return
        if fault == "lost":
            return
        if fault == "late":
            time.sleep(0.6)
        if fault == "fault":
            status, said = 500, {"code": "internal-server-error"}
        if fault == "other":
            said = {**said, "receive_amount": "1"}
        if fault == "garbage":
            self._raw(200, b"<html>")
            return
        self._say(status, said)

    def do_GET(self):
        self.wave.calls.append(("GET", self.path))
        if not self._known():
            return
        where = urlsplit(self.path)
        if where.path == "/v1/balance":
            self._say(200, {"amount": str(self.wave.holds), "currency": "XOF"})
        elif where.path == "/v1/payouts/search":
            wanted = parse_qs(where.query)["client_reference"][0]
            found = [one for one in self.wave.payouts.values() if one["client_reference"] == wanted]
            self._say(200, {"result": found})
        else:
            self._say(404, {"code": "not-found"})

    def _known(self) -> bool:
        if self.headers.get("Authorization") == f"Bearer {KEY}":
            return True
        self._say(401, {"code": "no-matching-api-key", "message": "unknown key"})
        return False

    def _say(self, status: int, said: dict, headers: dict | None = None) -> None:
        self._raw(status, json.dumps(said).encode(), headers)

    def _raw(self, status: int, data: bytes, headers: dict | None = None) -> None:
        try:
            self.send_response(status)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": len(data),
                **(headers or {}),
            }.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            pass
