"""Lists of files, what is taken away of them, and the search of the whole house."""

import phonenumbers
from flask import Response, redirect, request, url_for
from flask_babel import gettext as _

from grants.access import allowed, current_person, policy
from grants.calls.kinds import kinds
from grants.core import clock
from grants.core.references import is_reference
from grants.core.texts import pick
from grants.core.web import page
from grants.lifecycle import definition_of
from grants.places import queries as places
from grants.projects import queries, takeaway
from grants.projects.forms import FiltersForm
from grants.projects.labels import kind_label
from grants.projects.path import standing
from grants.projects.queries import Filters
from grants.projects.views import bp

SORTS = ("", "amount")


@bp.get("/projects")
@allowed("projects.view")
def index():
    person = current_person()
    form = _filters_form()
    filters, sort = _filters(form), _sort()
    found = queries.listed(person, filters, sort=sort, after=request.args.get("after"))
    kept = {name: value for name, value in request.args.items() if name != "after" and value}
    return page(
        "projects/index.html",
        filters=form,
        narrowed=filters != Filters(),
        deeply=filters != Filters(q=filters.q, step=filters.step),
        projects=found.items,
        next=url_for(".index", **{**kept, "after": found.next}) if found.next else None,
        first=url_for(".index", **kept) if request.args.get("after") else None,
        kept={name: value for name, value in kept.items() if name != "sort"},
        sort=sort,
        standing=lambda project: standing(project, definition_of(project)),
        kind_label=kind_label,
        may_export=policy.may(person, "projects.export"),
        may_draft=policy.may(person, "projects.draft"),
    )


@bp.get("/projects.<any(xlsx, csv):format>")
@allowed("projects.export")
def export(format: str):
    """The rows of the list, all of them, with the same filters."""
    projects = queries.all_listed(current_person(), _filters(_filters_form()), sort=_sort())
    heading, lines = takeaway.rows(projects, places.labels_of({p.place_code for p in projects}))
    # Not inside the braces: texts in there are found from Python 3.12 on only.
    word = _("files")
    name = f"{word}-{clock.today():%Y-%m-%d}.{format}"
    if format == "csv":
        content, mime = takeaway.as_csv(heading, lines), "text/csv; charset=utf-8"
    else:
        content = takeaway.as_xlsx(heading, lines, _("Files"))
        mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = Response(content, content_type=mime)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@bp.get("/search")
@allowed("projects.view")
def search():
    """Files and groups by reference, name or telephone, as far as this person sees them."""
    person, text = current_person(), (request.args.get("q") or "").strip()[:100]
    phone = _phone(text)
    files = queries.search_files(person, text) if text and not phone else []
    if len(files) == 1 and is_reference(text.upper(), "MP"):
        return redirect(url_for(".show", reference=files[0].reference))
    groups = queries.search_groups(person, text, phone) if text else []
    return page(
        "projects/search.html",
        text=text,
        files=files,
        groups=groups,
        most=queries.MOST_FOUND,
        standing=lambda project: standing(project, definition_of(project)),
        kind_label=kind_label,
    )


def _phone(text: str) -> str | None:
    """A text as a telephone number (E.164), where it is one."""
    # A reference holds eight digits too: letters tell them apart.
    if sum(sign.isdigit() for sign in text) < 8 or any(sign.isalpha() for sign in text):
        return None
    try:
        number = phonenumbers.parse("+" + text[2:] if text.startswith("00") else text, "ML")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _filters_form() -> FiltersForm:
    form = FiltersForm(request.args)
    definition = queries.newest_definition()
    stations = [*definition.steps.values(), *definition.ends.values()]
    form.step.choices = [("", _("All steps")), *((place.code, pick(place.label)) for place in stations)]
    form.kind.choices = [("", _("All kinds")), *((code, pick(kind.label)) for code, kind in kinds().items())]
    form.call.choices = [("", _("All calls")), *((call.reference, call.title) for call in queries.calls())]
    form.place.choices = [("", _("Everywhere")), *((region.code, region.name) for region in places.regions())]
    deeper = form.place.data or ""
    if len(deeper) > 2 and (below := queries.place_path(deeper)):
        form.place.choices.append((deeper, " · ".join(place.name for place in below)))
    return form


def _filters(form: FiltersForm) -> Filters:
    return Filters(
        **{name: (value or "") if isinstance(value, str | None) else value for name, value in form.data.items()}
    )


def _sort() -> str:
    wanted = request.args.get("sort", "")
    return wanted if wanted in SORTS else ""
