"""The antivirus hook: asks a ClamAV daemon where one is set (`BENKAN_CLAMD`), and says honestly when none looked.

Protocol: clamd's INSTREAM (man clamd): chunks of a length in 4 bytes, big-endian, and the bytes; a zero length ends.
"""

import socket
import struct

from flask import current_app

CHUNK = 1 << 16
PATIENCE = 20  # seconds


def scan(data):
    """Return "clean", "infected", or "unscanned" where no daemon is set or it does not answer."""
    address = current_app.config.get("CLAMD")
    if not address:
        return "unscanned"
    try:
        with _connection(address) as line:
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(data), CHUNK):
                block = data[start : start + CHUNK]
                line.sendall(struct.pack(">I", len(block)) + block)
            line.sendall(struct.pack(">I", 0))
            answer = _whole(line)
    except OSError as error:
        # A scanner that is down must not stop the work in the field: the file is kept, and shown as not scanned.
        current_app.logger.warning("the antivirus does not answer: %s", error)
        return "unscanned"
    if answer.endswith(b" FOUND"):
        current_app.logger.warning("the antivirus refused a file: %s", answer.decode(errors="replace"))
        return "infected"
    return "clean" if answer.endswith(b" OK") else "unscanned"


def _connection(address):
    if address.startswith("/"):
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(PATIENCE)
        line.connect(address)
        return line
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE)


def _whole(line):
    answer = b""
    while block := line.recv(4096):
        answer += block
    return answer.rstrip(b"\0\n")
