"""A form posted after the sign-in had ended waits while the person signs in again, files included.

What was posted goes, signed, into the sign-in page itself; nothing is stored for strangers. It is only held where the
cookie names a sign-in that existed, and given back only to the same person, who sees what it is and sends it again.
"""

import json
from collections.abc import Callable

from flask import Request, current_app, render_template, request
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer

from grants.access.sign_ins import find_row
from grants.core.errors import Problems
from grants.core.unit_of_work import afterwards
from grants.core.uploads import keeper

LONGEST = 24 * 3600
_SKIPPED = {"csrf_token", "password"}
# On the pages about passwords these are passwords too, and a code that sets one.
_SECRET = {"again", "present", "code"}


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="held form")


def hold(session) -> tuple[str, int]:
    """The sign-in page that keeps what was posted."""
    from grants.access.forms import SignInForm

    # The sign-in library keeps the token there, also once it is no longer good.
    row = find_row(session["_user_id"]) if "_user_id" in session else None
    held = None
    if row is not None:
        fields = fields_of(request) + kept_files(row.person_id)
        held = _signer().dumps(json.dumps({"person": row.person_id, "path": request.path, "fields": fields}))
    form = SignInForm(formdata=None, held=held)
    notice = _("Your sign-in had ended. What you typed is kept: sign in and it is still there.")
    return render_template("access/sign_in.html", form=form, notice=notice if held else None), 401


def fields_of(request: Request) -> list[tuple[str, str]]:
    """What was posted, without what is secret."""
    secret = _SKIPPED | (_SECRET if request.blueprint == "access" else set())
    return [(name, value) for name, value in request.form.items(multi=True) if name not in secret]


def kept_files(person_id: int, keep: Callable[[Callable[[], None]], None] = afterwards) -> list[tuple[str, str]]:
    """The posted files as the fields that name them; `keep` is handed what keeps each for the person."""
    found = []
    for name, file in request.files.items(multi=True):
        if not file.filename:
            continue
        # The view may have read it already.
        file.stream.seek(0)
        try:
            upload = keeper().receive(file, ("photo", "pdf", "sheet"))
        except Problems:
            continue  # the form itself says what is wrong with it once it is sent again
        keep(lambda upload=upload: keeper().keep(upload, person_id))
        found.append((f"{name}-kept", upload.token))
    return found


def give_back(held: str, person) -> dict | None:
    """What was held for this person: its path and fields; None for anybody else or after a day."""
    try:
        content = json.loads(_signer().loads(held, max_age=LONGEST))
    except BadSignature:
        return None
    return content if content["person"] == person.id else None
