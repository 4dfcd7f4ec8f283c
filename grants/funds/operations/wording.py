"""What every form about funds may get wrong, in words."""

import re

from flask_babel import gettext as _
from sqlalchemy import select

from grants.core.database import db
from grants.core.errors import Problem


def code_problem(model, code: str, longest: int) -> Problem | None:
    """What is wrong with a code: how it is written, or that it is taken."""
    if not code or len(code) > longest or not re.fullmatch(r"[A-Z0-9][A-Z0-9-]+", code):
        text = _(
            "A code has capital letters, digits and hyphens, %(most)s signs at most: PCS-MOPTI-2026.", most=longest
        )
        return Problem(text, "code")
    if db.session.scalar(select(model.id).where(model.code == code)) is not None:
        return Problem(_("The code %(code)s is taken.", code=code), "code")
    return None


def missing(text: str | None, field: str) -> Problem | None:
    """That a text is needed and is not there."""
    return None if (text or "").strip() else Problem(_("This is needed."), field)
