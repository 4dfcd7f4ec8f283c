"""How gunicorn serves Bɛnkan: `gunicorn wsgi:app` reads this file by itself.

The address comes from HOST and PORT, the number of processes from WEB_CONCURRENCY.
"""

import os
import signal

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"

# Requests wait for the database far more than they compute: few processes, several threads each.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
worker_class = "gthread"

# A contract with its annexes takes a few seconds to press; 20 pictures from a slow line take longer to arrive.
timeout = 60
graceful_timeout = 20
# Longer than nginx keeps its side open: the proxy then never writes into a connection that is being closed.
keepalive = 75

# The heartbeat file must not wait for a slow disk.
if os.access("/dev/shm", os.W_OK | os.X_OK):  # noqa: S108 - the folder of the system for exactly this
    worker_tmp_dir = "/dev/shm"  # noqa: S108

# Nothing steers a running server but signals.
control_socket_disable = True
loglevel = os.environ.get("GUNICORN_LOG_LEVEL", "warning")


def when_ready(server):
    """Say where to go, once the port is open; from here Ctrl-C ends as gently as a stop of the service does."""
    server.handle_int = server.handle_term
    print(f"Bɛnkan is at {server.LISTENERS[0]} (Ctrl-C stops it)", flush=True)  # noqa: T201 - for the person at the terminal


def post_worker_init(worker):
    """Leave Ctrl-C to the main process: a terminal sends it to the workers too, and would cut what they are doing."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
