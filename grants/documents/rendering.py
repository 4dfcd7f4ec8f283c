"""From plain data to a PDF, or to a message that names what stands in the way."""

from flask_babel import gettext as _

from grants.core.errors import Problem, Problems
from grants.documents import contexts, fonts, plain
from grants.documents.kinds import KINDS
from grants.documents.sandbox import Failed, the_press


class BadContext(TypeError):
    """The slice that issues gave data that the template cannot use; the text names every place."""


class RenderingFailed(RuntimeError):
    """The press could not set the document; the text is for the log."""


def prepared(kind, context):
    """Check the data of a document of ``kind`` and return a plain copy of it.

    Raises BadContext when names are missing, unknown or of another type (all of them are named), and Problems, in
    words for people, when a text holds signs that cannot be printed.
    """
    copy = readable(context)
    if faults := contexts.faults(KINDS[kind].schema, copy):
        raise BadContext(f"{kind}: " + "; ".join(faults))
    return copy


def readable(context):
    """Return a plain copy of data that can be printed. Raises BadContext and Problems as `prepared` does."""
    try:
        return plain.cleaned(context, can_draw=fonts.not_drawn)
    except plain.NotPrintable as wrong:
        signs = ", ".join(f"U+{ord(sign):04X}" if not sign.isprintable() else f"“{sign}”" for sign in wrong.signs)
        raise Problems(
            [
                Problem(
                    _(
                        "This cannot be printed: the text at “%(place)s” holds signs that the documents' fonts lack or that "
                        "cannot stand in a document (%(signs)s). Write it in Latin letters.",
                        place=wrong.path,
                        signs=signs,
                    )
                )
            ]
        ) from wrong
    except plain.NotPlain as wrong:
        raise BadContext(str(wrong)) from wrong


def render(kind, context):
    """Return the PDF (bytes) of a document of ``kind``; ``context`` is described in ``contexts.py``.

    The same context gives the same bytes. Raises BadContext, Problems (see ``prepared``) and RenderingFailed.
    """
    copy = prepared(kind, context)
    try:
        _facts, made = the_press.run("render", plain.dumps(copy).encode(), template=KINDS[kind].template)
    except Failed as failed:
        raise RenderingFailed(f"{kind}: {failed}") from failed
    return made
