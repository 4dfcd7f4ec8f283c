"""The press: a process of its own in which documents are set and strangers' files are opened.

``python -m grants.documents.press`` is started by ``sandbox.py`` with an empty environment: no secrets, no database,
no host fonts. It reads jobs from its standard input and makes a child for each by ``fork``, so that the heavy
libraries are loaded once while every job starts clean; the child has limits on memory, processor time and wall time,
and can take nothing but itself down. The answer is written to the standard output.

A message is two lengths (8 bytes), a JSON head and a body of bytes.
"""

import gc
import json
import os
import resource
import signal
import struct
import sys
import tempfile
import traceback
import warnings

LENGTHS = struct.Struct(">II")

# job → (memory in bytes, processor seconds, wall seconds)
MEGABYTE = 1024 * 1024
LIMITS = {
    "render": (1600 * MEGABYTE, 25, 30),
    "paper": (1600 * MEGABYTE, 25, 30),
    "photo": (1400 * MEGABYTE, 10, 15),
    "thumbnail": (1000 * MEGABYTE, 5, 8),
    "pdf": (1000 * MEGABYTE, 10, 15),
    "xlsx": (1000 * MEGABYTE, 10, 15),
    "pdf_codes": (1400 * MEGABYTE, 40, 50),
    "photo_codes": (1400 * MEGABYTE, 10, 15),
}


def read_message(stream):
    """Return ``(head, body)`` or None at the end of the stream."""
    lengths = stream.read(LENGTHS.size)
    if len(lengths) < LENGTHS.size:
        return None
    head, body = LENGTHS.unpack(lengths)
    return json.loads(stream.read(head)), stream.read(body)


def write_message(stream, head, body=b""):
    """Write one message and flush it."""
    encoded = json.dumps(head, ensure_ascii=False).encode()
    stream.write(LENGTHS.pack(len(encoded), len(body)) + encoded + body)
    stream.flush()


def perform(head, body):
    """Do one job in this process; return ``(head, body)`` of the answer."""
    from grants.documents import decoding

    job = head["job"]
    try:
        if job == "render":
            from grants.documents import setting

            archive, reading = setting.copies(head["template"], body.decode())
            return {"ok": True, "facts": {"archive": len(archive)}}, archive + reading
        if job == "paper":
            from grants.documents import setting

            return {"ok": True}, setting.paper(head["template"], body.decode())
        if job == "photo":
            facts, clean = decoding.photo(body, head["kind"])
            return {"ok": True, "facts": facts}, clean
        if job == "thumbnail":
            return {"ok": True}, decoding.thumbnail(body)
        if job in ("pdf_codes", "photo_codes"):
            from grants.documents import page_codes

            read = {"pdf_codes": page_codes.pdf, "photo_codes": page_codes.photo}[job]
            return {"ok": True, "facts": read(body)}, b""
        return {"ok": True, "facts": {"pdf": decoding.pdf, "xlsx": decoding.xlsx}[job](body)}, b""
    except decoding.Rejected as refused:
        return {"ok": False, "code": refused.code, "details": refused.details}, b""
    except MemoryError:
        return {"ok": False, "code": "too_heavy", "details": {}}, b""
    except Exception as error:  # noqa: BLE001  whatever a job does, the press answers
        return {
            "ok": False,
            "code": "failed",
            "details": {"error": f"{type(error).__name__}: {error}", "trace": traceback.format_exc(limit=-6)},
        }, b""


def threads():
    """How many threads this process has, those of C libraries with them; 1 where the system does not say."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 1


def in_child(head, body, *, threaded=False):
    """Do one job in a child with limits; return ``(head, body)``, also when the child was killed.

    `threaded`: what was loaded before started threads, which the child has not and must not wait for.
    """
    memory, cpu, wall = LIMITS[head["job"]]
    # A job may be given less, never more.
    cpu = min(cpu, head.get("most_cpu") or cpu)
    # The child answers through a file: a child that dies half-way has written nothing to our standard output.
    with tempfile.TemporaryFile() as answer:
        child = os.fork()
        if not child:
            try:
                gc.disable()
                signal.setitimer(signal.ITIMER_REAL, wall)
                resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
                resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
                resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
                if threaded and head["job"] in ("render", "paper"):
                    from grants.documents import copies

                    copies.take_fonts_anew()
                write_message(answer, *perform(head, body))
                os._exit(0)
            finally:
                os._exit(1)
        _, status, used = os.wait4(child, 0)
        answer.seek(0)
        whole = read_message(answer) if status == 0 else None
    head, body = whole or ({"ok": False, "code": "too_heavy", "details": {"status": status}}, b"")
    # Processor seconds: what a job costs, whatever else the machine does.
    return head | {"cpu": round(used.ru_utime + used.ru_stime, 4)}, body


def main():
    """Answer jobs until the application closes our standard input (it does so by ending, too)."""
    # The name by which the application may see our answers; stray prints of libraries go to the log instead.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    from grants.documents import decoding, setting  # noqa: F401  loaded once, before any fork

    setting.warm()
    # A job is over before its garbage matters; what is loaded now is shared by all children and never looked through.
    gc.freeze()
    threaded = threads() > 1
    # Python from 3.12 on warns of each fork beside a thread: what a child must not wait for, it is given anew.
    warnings.filterwarnings("ignore", message=".*multi-threaded, use of fork", category=DeprecationWarning)
    while message := read_message(sys.stdin.buffer):
        write_message(answers, *in_child(*message, threaded=threaded))


if __name__ == "__main__":
    main()
