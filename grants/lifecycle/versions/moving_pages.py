"""The page on which running files are moved to another version: first what it would do, then the move."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from grants.access import allowed, current_person, enters
from grants.core.errors import NotFound
from grants.core.forms import Form, SelectField, choices
from grants.core.texts import language, pick
from grants.core.web import page
from grants.lifecycle import registry
from grants.lifecycle.versions import checking, listing, relocating
from grants.lifecycle.versions.pages import bp
from grants.lifecycle.versions.published import definition_by_id

SHOWN = 200


@bp.route("/<name>/<int:version>/move", methods=["GET", "POST"])
@allowed("workflow.manage")
def move(name: str, version: int):
    """What the move to another version would do to the files under way; a post does it."""
    versions = listing.versions_of(name)
    source = listing.numbered(versions, version)
    number = request.values.get("to", type=int)
    target = listing.numbered(versions, number) if number else next((v for v in versions if v is not source), None)
    if target is None or target is source or source.subject not in registry.kinds:
        raise NotFound(name)
    old, new = definition_by_id(source.id), definition_by_id(target.id)
    steps = list(dict.fromkeys(step for at, step in checking.standing(source.subject) if at == source.id))
    steps.sort(key=list(old.steps).index)
    mapping = _mapping(steps, new)
    if request.method == "POST":
        found = relocating.move(
            name, version, target.version, mapping, by=current_person(),
            expected_files=request.form.get("files", default=-1, type=int),
        )  # fmt: skip
        count = len(found.plan.verdicts)
        flash(
            ngettext(
                "%(num)d file moved to version %(number)s.", "%(num)d files moved to version %(number)s.", count,
                number=target.version,
            )
        )  # fmt: skip
        return redirect(url_for(".show", name=name, version=target.version))
    found = relocating.try_move(name, version, target.version, mapping, by=current_person())
    refused = found.plan.refused
    return page(
        "lifecycle/move.html",
        title=pick(new.title),
        source=source,
        target=target,
        found=found,
        search=_steps_form(versions, source, target, steps, mapping, old, new),
        steps=steps,
        kept=[step for step in steps if mapping.get(step) == step],
        values={
            "to": target.version,
            "files": len(found.plan.verdicts),
            **{f"step_{step}": to for step, to in mapping.items()},
        },
        routes=[
            (_label(old, before), _label(new, after), count)
            for before, after, count in sorted(found.routes, key=lambda route: steps.index(route[0]))
        ],
        problems=[problem.text(language()) for problem in found.plan.problems],
        refused=[
            (one, _label(old, one.step), [o.text(language()) for o in one.obstacles], _page_of(found, one))
            for one in refused[:SHOWN]
        ],
        left_off=max(0, len(refused) - SHOWN),
    )


def _page_of(found: relocating.Move, verdict) -> str | None:
    """The address of a file, where this person may enter it."""
    url = registry.kinds[found.source.subject].url(found.files[verdict.reference])
    return url if enters(current_person(), url) else None


def _mapping(steps: list[str], new) -> dict[str, str]:
    """Where each step leads: what was chosen, else the step of the same code where there is one."""
    chosen = {step: request.values.get(f"step_{step}", "") for step in steps}
    return {step: to or step for step, to in chosen.items() if to or step in new.steps}


def _steps_form(versions, source, target, steps, mapping, old, new) -> Form:
    """The version to move to, and for each step on which files stand the one to which they go."""
    fields = {
        "to": SelectField(
            _("To version"), choices=choices([(str(v.version), str(v.version)) for v in versions if v is not source])
        )
    }
    places = [(code, pick(step.label)) for code, step in new.steps.items()]
    for step in steps:
        offered = places if step in new.steps else [("", "—"), *places]
        fields[f"step_{step}"] = SelectField(_label(old, step), choices=choices(offered), validate_choice=False)
    data = {"to": str(target.version), **{f"step_{step}": mapping.get(step, "") for step in steps}}
    return type("StepsForm", (Form,), fields)(formdata=None, data=data)


def _label(definition, step: str) -> str:
    return pick(definition.place(step).label)
