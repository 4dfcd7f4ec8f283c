"""Words that stand in data (definitions, kinds, calls) in several languages."""

from collections.abc import Mapping

from flask_babel import get_locale


class Words:
    """Words kept in each language, shown in the reader's own when they are printed."""

    __slots__ = ("words",)

    def __init__(self, words: Mapping[str, str]):
        self.words = words

    def __str__(self) -> str:
        return pick(self.words)

    def __html__(self) -> str:
        from markupsafe import escape

        return str(escape(str(self)))


def language() -> str:
    """The two letters of the language of the page; French outside a request."""
    locale = get_locale()
    return locale.language if locale else "fr"


def pick(words: Mapping[str, str] | str | None) -> str:
    """The words in the reader's language, else in French, else whatever there is."""
    if words is None or isinstance(words, str):
        return words or ""
    return words.get(language()) or words.get("fr") or next(iter(words.values()), "")
