"""Which language a page is in: the person's own choice, else the browser's, else French."""

from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, get_locale

LANGUAGES = {"fr": "Français", "en": "English"}

babel = Babel()


def init_app(app: Flask) -> None:
    babel.init_app(app, locale_selector=choose)
    app.context_processor(lambda: {"locale": str(get_locale())})


def choose() -> str:
    """The code of the language of this request; French for the command line and the worker."""
    if not has_request_context():
        return "fr"
    if (chosen := session.get("language")) in LANGUAGES:
        return chosen
    person = g.get("person")
    if person is not None and person.locale in LANGUAGES:
        return person.locale
    return request.accept_languages.best_match(list(LANGUAGES), "fr")
