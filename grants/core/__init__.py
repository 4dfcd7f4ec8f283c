"""The ground floor: database, time, references, money, errors, forms and pages. It knows no slice."""

from pathlib import Path

from flask import Flask


def init_extensions(app: Flask, root: Path) -> None:
    """Hang the extensions that need nothing but the application: compression, migrations, the proxy in front."""
    from flask_migrate import Migrate
    from werkzeug.middleware.proxy_fix import ProxyFix

    from grants.core.compression import EveryAnswer
    from grants.core.database import db

    app.config["COMPRESS_MIMETYPES"] = [
        "text/html", "text/css", "text/javascript", "application/json", "image/svg+xml", "application/manifest+json",
    ]  # fmt: skip
    app.config["COMPRESS_MIN_SIZE"] = 400
    EveryAnswer(app)
    Migrate(app, db, directory=str(root / "migrations"), render_as_batch=True, compare_type=True)
    if hops := app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
