"""The pages about workflows: versions, differences, drafts, rehearsals, publication."""

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from grants import journal
from grants.access import allowed, current_person, policy
from grants.access.labels import ROLE_LABELS
from grants.core import navigation
from grants.core.errors import NotFound, Problems
from grants.core.formatting import moment
from grants.core.texts import language, pick
from grants.core.web import page
from grants.lifecycle import registry
from grants.lifecycle.running import role_words
from grants.lifecycle.versions import checking, drafts, listing
from grants.lifecycle.versions.forms import DraftForm, ReasonForm
from grants.lifecycle.versions.published import definition_by_id
from grants.lifecycle.versions.trying import rehearse_on_past
from grants.workflow.difference import difference
from grants.workflow.drawing import draw, table

bp = Blueprint("workflows", __name__, url_prefix="/workflows")
SHOWN_FILES = 100
STATES = {
    "draft": (_l("draft"), "now"), "submitted": (_l("put forward"), "done"), "published": (_l("published"), "ok"),
    "withdrawn": (_l("given up"), "neutral"),
}  # fmt: skip
_REASONED = {"put-forward": drafts.put_forward, "send-back": drafts.send_back, "withdraw": drafts.withdraw}
_DONE = {
    "put-forward": _l("Put forward: another administrator can publish it now."),
    "send-back": _l("The draft is back with its author."),
    "withdraw": _l("The draft is given up; it stays readable."),
}

navigation.entry(92, _l("Workflows"), "workflows.index", "workflow.view")
for _verb, _words in {
    "write": _l("Draft of a definition written"), "rewrite": _l("Draft of a definition changed"),
    "put_forward": _l("Definition put forward"), "send_back": _l("Definition sent back to its author"),
    "withdraw": _l("Draft of a definition given up"), "publish": _l("Definition published"),
}.items():  # fmt: skip
    journal.say("workflow_draft", _verb, _words)


@bp.get("")
@allowed("workflow.view")
def index():
    """Each workflow with its versions and how many files run on each; the drafts."""
    found = listing.workflows()
    return page(
        "lifecycle/workflows.html",
        workflows=sorted(found, key=lambda one: pick(one.definition.title).casefold()),
        titles={one.name: pick(one.definition.title) for one in found},
        running=listing.running(),
        drafts=listing.drafts(),
        states=STATES,
        manages=policy.may(current_person(), "workflow.manage"),
    )


@bp.get("/<name>/<int:version>")
@allowed("workflow.view")
def show(name: str, version: int):
    """One version: its drawing, and who takes which action at which step."""
    versions = listing.versions_of(name)
    row = listing.numbered(versions, version)
    definition = definition_by_id(row.id)
    standing = checking.standing(row.subject)
    return page(
        "lifecycle/workflow.html",
        row=row,
        definition=definition,
        newest=versions[0].version,
        earlier=next((one.version for one in versions if one.version < version), None),
        others=[one.version for one in versions if one.version != version],
        waiting=[
            (pick(place.label), standing[row.id, step])
            for step, place in definition.steps.items()
            if standing[row.id, step]
        ],
        manages=policy.may(current_person(), "workflow.manage"),
        **_drawn(definition),
    )


def _drawn(definition) -> dict:
    return {
        # Drawn by us from the definition, every text of it escaped.
        "drawing": Markup(draw(definition, locale=language(), role_words=role_words())),  # noqa: S704
        "rows": [
            {
                "step": pick(definition.place(entry.step).label) if entry.step else "",
                "role": str(ROLE_LABELS.get(entry.role, entry.role)),
                "action": pick(entry.action.label),
                "to": pick(definition.place(entry.to).label),
            }
            for entry in table(definition)
        ],
    }


@bp.get("/<name>/<int:version>/source")
@allowed("workflow.view")
def source(name: str, version: int):
    """The text of a version, to keep or to work on."""
    row = listing.numbered(listing.versions_of(name), version)
    return _text(row.source, f"{row.name}-{row.version}.toml")


def _text(text: str, name: str) -> Response:
    answer = Response(text, mimetype="text/plain")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.get("/<name>/<int:version>/difference")
@allowed("workflow.view")
def compare(name: str, version: int):
    """What a version changes against an earlier one (`from`; by default the one before)."""
    versions = listing.versions_of(name)
    row = listing.numbered(versions, version)
    wanted = request.args.get("from", type=int)
    others = [one for one in versions if one.version != version]
    before = listing.numbered(versions, wanted) if wanted else next((o for o in others if o.version < version), None)
    if before is None:
        raise NotFound(name)
    old, new = definition_by_id(before.id), definition_by_id(row.id)
    return page(
        "lifecycle/difference.html", row=row, before=before, definition=new,
        parts=_parts(old, new), others=[one.version for one in others],
    )  # fmt: skip


def _parts(old, new) -> list[tuple[str, list[str]]]:
    return [
        (pick(part.label), [change.text(language()) for change in part.changes])
        for part in difference(old, new, role_words=role_words(), name_words=registry.words_of_names())
    ]


# ------------------------------------------------------------------------------------------------------------- drafts


@bp.route("/<name>/drafts/new", methods=["GET", "POST"])
@allowed("workflow.manage")
def new_draft(name: str):
    """A new draft, beginning with the text of the newest version."""
    versions = listing.versions_of(name)
    form = DraftForm(data={"source": listing.text_to_begin_with(versions)})
    if form.validate_on_submit():
        with form.catching():
            draft = drafts.write_draft(_given(form), by=current_person())
            return redirect(url_for(".draft", token=draft.token))
    return page("lifecycle/draft_form.html", form=form, back=url_for(".index"), title=_("New version"))


def _given(form: DraftForm) -> str:
    """The text of the file where one was chosen, else the text that was typed."""
    if form.file.content is not None:
        text = drafts.readable(form.file.content)
        form.source.data = text
        return text
    # Form fields are stripped at both ends; a definition ends with a line.
    return f"{form.source.data or ''}\n" if (form.source.data or "").strip() else ""


@bp.route("/drafts/<token>/edit", methods=["GET", "POST"])
@allowed("workflow.manage")
def edit(token: str):
    """Change the text of a draft."""
    draft = listing.draft(token)
    form = DraftForm(data={"source": draft.source, "revision": str(draft.revision)})
    if form.validate_on_submit():
        with form.catching():
            drafts.rewrite_draft(token, _given(form), by=current_person(), expected_revision=_seen())
            return redirect(url_for(".draft", token=token))
    return page("lifecycle/draft_form.html", form=form, back=url_for(".draft", token=token), title=_title(draft))


def _seen() -> int | None:
    """The revision that the person saw. Whoever says nothing, or nonsense, has seen none."""
    return request.form.get("revision", type=int) or 0


def _title(draft, definition=None) -> str:
    if draft.name is None:
        return _("Draft that cannot be read yet")
    name = pick(definition.title) if definition and definition.title else draft.name
    return _("%(name)s, version %(number)s", name=name, number=draft.version)


@bp.get("/drafts/<token>")
@allowed("workflow.view")
def draft(token: str):
    """A draft: whether it holds, everything wrong with it, what it changes, what can be done with it."""
    return _draft_page(listing.draft(token))


def _draft_page(draft, wrong=None):
    person = current_person()
    found = checking.examine(draft.source)
    definition = found.definition
    newest = next((one for one in listing.workflows() if draft.name == one.name), None)
    own = person.id == draft.author_id
    manages = policy.may(person, "workflow.manage")
    given = dict(wrong or {})
    forms = {
        verb: given.get(verb) or ReasonForm(formdata=None, data={"revision": draft.revision}) for verb in _REASONED
    }
    return page(
        "lifecycle/draft.html",
        draft=draft,
        title=_title(draft, definition),
        state=STATES[draft.state],
        sentences=found.sentences(language()),
        definition=definition,
        newest=newest,
        parts=_parts(newest.definition, definition) if newest and definition else None,
        own=own,
        manages=manages,
        forms=forms,
        form=next(iter(given.values()), None),
        events=[_told(event) for event in journal.history(draft, limit=20)] if draft.id else [],
        **(_drawn(definition) if definition and not found.faults else {}),
    )


def _told(event) -> dict:
    text = f"{journal.sentence(event)} · {event.who}"
    return {"when": moment(event.at), "text": text, "detail": event.reason, "mark": event.hash[:12]}


@bp.get("/drafts/<token>/source")
@allowed("workflow.view")
def draft_source(token: str):
    """The text of a draft."""
    row = listing.draft(token)
    return _text(row.source, f"{row.name or 'draft'}-{row.version or row.id}.toml")


@bp.get("/drafts/<token>/rehearsal")
@allowed("workflow.view")
def rehearsal(token: str):
    """The draft tried on past files. Reads only."""
    row = listing.draft(token)
    definition = checking.examine(row.source).definition
    if definition is None or definition.subject not in registry.kinds:
        raise Problems(_("A definition that cannot be read cannot be tried."))
    return page(
        "lifecycle/rehearsal.html", draft=row, title=_title(row, definition), found=rehearse_on_past(definition),
        shown=SHOWN_FILES, locale=language(),
    )  # fmt: skip


@bp.post("/drafts/<token>/<verb>")
@allowed("workflow.manage")
def decide(token: str, verb: str):
    """Put a draft forward, send it back, or give it up: each with its reason."""
    if verb not in _REASONED:
        raise NotFound(verb)
    form = ReasonForm()
    if form.validate_on_submit():
        with form.catching():
            _REASONED[verb](token, reason=form.reason.data, by=current_person(), expected_revision=_seen())
            flash(str(_DONE[verb]), "success")
            return redirect(url_for(".draft", token=token))
    return _draft_page(listing.draft(token), {verb: form})


@bp.post("/drafts/<token>/publish")
@allowed("workflow.manage")
def publish(token: str):
    """Publish what another administrator put forward."""
    row = drafts.publish(token, by=current_person(), expected_revision=_seen())
    flash(_("Version %(number)s is published: new files take it from now on.", number=row.version), "success")
    return redirect(url_for(".show", name=row.name, version=row.version))
