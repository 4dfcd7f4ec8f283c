"""From plain data to a PDF, or to a message that names what stands in the way."""

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Copies:
    """The two files of one document (see ``copies.py``): PDF/A-3a with its data, and PDF/UA-1."""

    archive: bytes
    reading: bytes


def render(kind, context, *, press=the_press) -> Copies:
    """Return both copies of a document of ``kind``; ``context`` is described in ``contexts.py``.

    The same context gives the same bytes. Raises BadContext, Problems (see ``prepared``) and RenderingFailed.
    """
    return pressed(kind, prepared(kind, context), press=press)


def pressed(kind, whole, *, press=the_press) -> Copies:
    """As `render`, for data that `prepared` has checked."""
    facts, made = _run(press, "render", KINDS[kind].template, whole)
    return Copies(made[: facts["archive"]], made[facts["archive"] :])


def paper(template, context) -> bytes:
    """Return the PDF/UA of a paper that is printed and not issued. Raises Problems and RenderingFailed."""
    return _run(the_press, "paper", template, readable(context))[1]


def _run(press, job, template, whole):
    try:
        return press.run(job, plain.dumps(whole).encode(), template=template)
    except Failed as failed:
        raise RenderingFailed(f"{template}: {failed}") from failed
