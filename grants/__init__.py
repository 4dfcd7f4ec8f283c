"""Bɛnkan: grants and micro-projects of beneficiary groups, from the first meeting to the last receipt."""

from flask import Flask


def create_app(settings=None, *, engine_options: dict | None = None) -> Flask:
    """Build the application. Raises `config.SettingError` for a missing or wrong setting.

    Nothing but wiring: what each part does stands in its own room. `engine_options` go to SQLAlchemy's engine.
    """
    import config
    from grants import cli, core, slices
    from grants.core import formatting, language, logs, unit_of_work, web
    from grants.core.database import db

    settings = settings or config.read()
    app = Flask(
        __name__,
        static_folder=str(config.ROOT / "static"),
        template_folder=str(config.ROOT / "templates"),
        instance_path=str(config.ROOT / "instance"),
    )
    app.config.update(settings.flask(), SQLALCHEMY_ENGINE_OPTIONS=engine_options or {})
    core.init_extensions(app, config.ROOT)
    db.init_app(app)
    logs.init_app(app)
    unit_of_work.init_app(app)
    language.init_app(app)
    formatting.init_app(app)
    web.init_app(app)
    slices.init_app(app)
    cli.init_app(app)
    return app
