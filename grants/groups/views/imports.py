"""Taking over a list of groups: what was read is shown first, questions are answered, then all that is ready is registered."""

import hashlib

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from grants.access import allowed, current_person, policy
from grants.core.web import page
from grants.documents import operations as documents
from grants.documents import queries as files
from grants.documents.keeping import bytes_of
from grants.groups import forms, importing, queries
from grants.groups.labels import KIND_LABELS
from grants.groups.spreadsheet import Severity
from grants.groups.views import bp
from grants.places import queries as places

# A page for a slow line: what is wrong in more rows is the same few mistakes again.
MOST_PROBLEMS, MOST_ROWS = 200, 100
_ANSWER = "answer:"


@bp.route("/import", methods=["GET", "POST"])
@allowed("groups.import")
def take_over():
    form, person = forms.ImportForm(), current_person()
    if not form.validate_on_submit():
        return page("groups/import.html", form=form, rehearsal=None, past=queries.imports_of(person))
    upload = form.file.one
    data, answers = bytes_of(upload), _answers()
    seen = hashlib.sha256(data).hexdigest()
    # Only what was shown is registered: a file chosen anew is shown first.
    if request.form.get("do") == "import" and request.form.get("seen") == seen:
        with form.catching():
            made = importing.carry_out(data, by=person, answers=answers, file_name=upload.name)
            documents.attach(upload, made, by=person)
            flash(ngettext("%(num)d group is registered.", "%(num)d groups are registered.", made.registered))
            return redirect(url_for(".imported", uuid=made.uuid))
    rehearsal = importing.rehearse(data, by=person, answers=answers)
    if not rehearsal.sheet.rows:
        form.file.errors = [*form.file.errors, *(str(problem.message) for problem in rehearsal.sheet.problems)]
        return page("groups/import.html", form=form, rehearsal=None, past=queries.imports_of(person))
    form.keep_files()
    return page("groups/import.html", form=form, seen=seen, upload=upload, **_report(rehearsal, answers))


def _answers() -> dict[str, str]:
    """The answers that came with the form, by the key of their question."""
    if request.form.get("do") == "forget":
        return {}
    return {
        name.removeprefix(_ANSWER): value for name, value in request.form.items() if name.startswith(_ANSWER) and value
    }


def _report(rehearsal: importing.Rehearsal, answers: dict[str, str]) -> dict:
    questions = rehearsal.questions()
    open_keys = {problem.key for problem, _rows in questions}
    by_severity = {severity: [p for p in rehearsal.sheet.problems if p.severity == severity] for severity in Severity}
    ready = [rehearsal.sheet.rows[position] for position in rehearsal.ready]
    return {
        "rehearsal": rehearsal,
        "counts": rehearsal.counts,
        "questions": questions,
        "answered": {key: value for key, value in answers.items() if key not in open_keys},
        "errors": by_severity[Severity.ERROR],
        "warnings": by_severity[Severity.WARNING],
        "ready": ready,
        "there": list(rehearsal.there.values())[:MOST_ROWS],
        "most_problems": MOST_PROBLEMS,
        "most_rows": MOST_ROWS,
        "kinds": KIND_LABELS,
        "places": places.labels_of({row.place_code for row in ready[:MOST_ROWS]}),
    }


@bp.get("/imports/<uuid>")
@allowed("groups.view")
def imported(uuid: str):
    person = current_person()
    made, groups = queries.imported(uuid, person)
    return page(
        "groups/imported.html",
        made=made,
        groups=groups,
        file=next(iter(files.files_of(made)), None) if made.imported_by_id == person.id else None,
        places=places.labels_of({group.place_code for group in groups}),
        may_apply="projects.new" in current_app.view_functions and policy.may(person, "projects.draft"),
        title=_("List taken over"),
    )
