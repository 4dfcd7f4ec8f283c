"""The application's side of the press: one press per process of the application, started when first needed.

See ``press.py``. A press that dies, hangs or answers nonsense is replaced; the job is reported as too heavy and is
never tried a second time by itself.
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from grants.documents import fonts, press

ROOT = Path(__file__).resolve().parents[2]
# The press counts its own seconds; this backstop only replaces a press that does not answer at all.
BACKSTOP = 60


class Failed(Exception):
    """The press refused or failed; ``code`` and ``details`` say why (see ``decoding.Rejected``)."""

    def __init__(self, code, details):
        super().__init__(f"{code} {details}" if details else code)
        self.code = code
        self.details = details


class Press:
    """One running press. Jobs are done one after the other; threads wait for one another.

    ``most_cpu`` gives each job fewer seconds of processor than the press allows.
    """

    def __init__(self, most_cpu: int | None = None):
        self.most_cpu = most_cpu
        self.lock = threading.Lock()
        self.process = None
        self.owner = None
        self.folder = None
        self.cpu = 0.0  # processor seconds of the last job

    def run(self, job, body, **head):
        """Do one job; return ``(facts, bytes)``. Raises Failed."""
        with self.lock:
            self._start()
            watch = threading.Timer(BACKSTOP, self.process.kill)
            watch.daemon = True
            watch.start()
            try:
                press.write_message(self.process.stdin, {"job": job, "most_cpu": self.most_cpu, **head}, body)
                answer = press.read_message(self.process.stdout)
            except OSError:
                answer = None
            finally:
                watch.cancel()
            if answer is None:
                self._stop()
                raise Failed("too_heavy", {"press": "gone"})
        answered, made = answer
        self.cpu = answered.get("cpu", 0.0)
        if not answered["ok"]:
            raise Failed(answered["code"], answered["details"])
        return answered.get("facts"), made

    def close(self):
        """End the press and remove its folder."""
        with self.lock:
            if self.owner == os.getpid():
                self._stop()

    def _start(self):
        # A worker forked from a process that had a press must not share it: two would read one another's answers.
        if self.process is not None and self.owner == os.getpid() and self.process.poll() is None:
            return
        if self.owner == os.getpid():
            self._stop()
        if absent := fonts.missing_files():
            raise RuntimeError(f"fonts are missing in static/vendor/fonts (run script/setup): {', '.join(absent)}")
        self.folder = tempfile.mkdtemp(prefix="benkan-press-")
        self.owner = os.getpid()
        configuration = Path(self.folder, "fonts.conf")
        configuration.write_text(fonts.fontconfig(Path(self.folder, "fonts")), encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "grants.documents.press"],
            cwd=ROOT,
            env=self._environment(configuration),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            close_fds=True,
        )

    def _environment(self, configuration):
        """Nothing is handed on: the press must not know the secrets of the application."""
        return {
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "HOME": self.folder,
            "TMPDIR": self.folder,
            "XDG_CACHE_HOME": self.folder,
            "FONTCONFIG_FILE": str(configuration),
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONSAFEPATH": "1",
            "PYTHONPATH": str(ROOT),
        }

    def _stop(self):
        if self.process is not None:
            self.process.kill()
            for pipe in (self.process.stdin, self.process.stdout):
                try:
                    pipe.close()
                except OSError:
                    pass
            self.process.wait()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.process = self.folder = None


the_press = Press()
atexit.register(the_press.close)
