"""Beginning an application: the call, then the group, then what for. One thing a page."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from grants.access import allowed, current_person
from grants.calls.kinds import kinds
from grants.core.errors import NotFound
from grants.core.references import new_uuid
from grants.core.texts import pick
from grants.core.web import page
from grants.projects import operations, queries
from grants.projects.forms import StartForm
from grants.projects.views import bp


@bp.route("/projects/new", methods=["GET", "POST"])
@allowed("projects.draft")
def new():
    person = current_person()
    calls = queries.open_calls(person)
    call = next((c for c in calls if c.reference == request.args.get("call")), None)
    if call is None:
        if request.args.get("call"):
            raise NotFound(request.args["call"])
        return page("projects/new_call.html", calls=calls, group=request.args.get("group"))
    if not request.args.get("group"):
        return _choose_group(person, call)
    group = queries.group_for(request.args["group"], person)
    return _begin(person, call, group)


def _choose_group(person, call):
    text, after = request.args.get("q", "").strip()[:100], request.args.get("after")
    found = queries.groups_for(person, call, text=text, after=after)
    here = {"call": call.reference, "q": text or None}
    return page(
        "projects/new_group.html",
        call=call,
        text=text,
        groups=found.items,
        next=url_for(".new", **here, after=found.next) if found.next else None,
        first=url_for(".new", **here) if after else None,
    )


def _begin(person, call, group):
    form = StartForm()
    form.kind.choices = [(code, pick(kind.label)) for code, kind in kinds().items() if code in call.kinds]
    form.uuid.data = form.uuid.data or new_uuid()
    if form.validate_on_submit():
        with form.catching():
            project = operations.start_draft(call=call, group=group, **form.values(), by=person)
            flash(_("The application is begun: fill in its parts in any order, over several visits."))
            return redirect(url_for(".application", reference=project.reference))
    return page("projects/new.html", form=form, call=call, group=group)
