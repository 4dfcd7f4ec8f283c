"""Drafts of definitions: written by one administrator, put forward with a reason, published by another.

Publishing stays with the screens: at a terminal one person can name two, so nothing there would show that two agreed.
"""

import re

from flask_babel import gettext as _
from sqlalchemy import select

from grants import journal
from grants.access import policy
from grants.core import clock
from grants.core.database import db
from grants.core.errors import NotFound, Problem, Problems, Refused, Stale, collect
from grants.core.references import new_uuid
from grants.core.texts import language
from grants.lifecycle import registry
from grants.lifecycle.models import Draft, WorkflowVersion
from grants.lifecycle.versions.checking import MOST_SIGNS, Examined, examine

_RIGHT = "workflow.manage"
LONGEST_REASON = 2000
HIGHEST_VERSION = 9999


def readable(content: bytes) -> str:
    """The text of an uploaded definition. Raises Problems (field file) for what is no text of a bearable size."""
    if len(content) > MOST_SIGNS * 4:
        raise Problems(Problem(_too_long(), "file"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Problems(
            Problem(_("This file is not text in UTF-8: save it as UTF-8 and choose it again."), "file")
        ) from None
    return text.replace("\r\n", "\n")


def write_draft(source: str, *, by) -> Draft:
    """Keep a new draft, with or without faults. Raises Problems (field source) for what cannot be kept at all."""
    policy.require(by, _RIGHT)
    _keepable(source)
    draft = Draft(token=new_uuid(), author_id=by.id, source=source, state="draft", revision=1)
    _name(draft, examine(source))
    db.session.add(draft)
    db.session.flush()
    journal.record(draft, "write", by=by, data=_facts(draft))
    return draft


def rewrite_draft(token: str, source: str, *, by, expected_revision: int | None = None) -> Draft:
    """Put another text in the place of a draft's, by its author. Raises Refused, Stale, Problems (field source)."""
    draft = locked(token, by=by, expected_revision=expected_revision)
    _authored(draft, by)
    _in_state(draft, "draft")
    _keepable(source)
    if source == draft.source:
        return draft
    draft.source = source
    _name(draft, examine(source))
    _changed(draft)
    journal.record(draft, "rewrite", by=by, data=_facts(draft))
    return draft


def put_forward(token: str, *, reason: str, by, expected_revision: int | None = None) -> Draft:
    """Put a draft forward for publication, with the reason. Raises Problems where it has faults or no reason."""
    draft = locked(token, by=by, expected_revision=expected_revision)
    _authored(draft, by)
    _in_state(draft, "draft")
    reason = (reason or "").strip()
    found = examine(draft.source)
    faults = found.sentences(language())
    collect(
        _reason_problem(reason),
        Problem(_("The definition has faults: it cannot be put forward before they are mended.")) if faults else None,
        None if faults else _number_problem(found),
    )
    _name(draft, found)
    draft.state, draft.reason, draft.submitted_at = "submitted", reason, clock.now()
    _changed(draft)
    journal.record(draft, "put_forward", by=by, data=_facts(draft), reason=reason)
    return draft


def send_back(token: str, *, reason: str, by, expected_revision: int | None = None) -> Draft:
    """Give a draft that was put forward back to its author, with the reason. The author may take it back likewise."""
    draft = locked(token, by=by, expected_revision=expected_revision)
    _in_state(draft, "submitted")
    reason = (reason or "").strip()
    collect(_reason_problem(reason))
    draft.state, draft.reason, draft.submitted_at = "draft", None, None
    _changed(draft)
    journal.record(draft, "send_back", by=by, data=_facts(draft), reason=reason)
    return draft


def withdraw(token: str, *, reason: str, by, expected_revision: int | None = None) -> Draft:
    """Give a draft up for good, with the reason; it stays readable."""
    draft = locked(token, by=by, expected_revision=expected_revision)
    _in_state(draft, "draft", "submitted")
    reason = (reason or "").strip()
    collect(_reason_problem(reason))
    draft.state, draft.withdrawn_at, draft.withdrawn_by_id = "withdrawn", clock.now(), by.id
    _changed(draft)
    journal.record(draft, "withdraw", by=by, data=_facts(draft), reason=reason)
    return draft


def publish(token: str, *, by, expected_revision: int | None = None) -> WorkflowVersion:
    """Publish what another administrator put forward: new files take it from now on.

    `expected_revision` is the revision that this person saw. Everything is proved anew under the lock. Raises Refused for
    the author, Stale where it changed meanwhile, Problems where it no longer holds or its number is taken.
    """
    draft = locked(token, by=by, expected_revision=expected_revision)
    _in_state(draft, "submitted")
    if draft.author_id == by.id:
        raise Refused(_("You wrote this version: another administrator publishes it."))
    _queue(draft.subject)
    found = examine(draft.source)
    if faults := found.sentences(language()):
        raise Problems([Problem(_("The definition no longer holds.")), *(Problem(fault) for fault in faults)])
    collect(_number_problem(found))
    definition = found.definition
    row = WorkflowVersion(
        name=definition.name, version=definition.version, subject=definition.subject, content_hash=definition.content_hash,
        source=draft.source, proposed_by_id=draft.author_id, published_by_id=by.id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    draft.state, draft.version_id = "published", row.id
    _changed(draft)
    journal.record(draft, "publish", by=by, data=_facts(draft), reason=draft.reason)
    return row


def locked(token: str, *, by, expected_revision: int | None) -> Draft:
    """The draft, held until the transaction ends. Raises NotFound, Refused, and Stale where it is not what was seen."""
    policy.require(by, _RIGHT)
    db.session.flush()
    draft = db.session.scalar(
        select(Draft).where(Draft.token == token).with_for_update().execution_options(populate_existing=True)
    )
    if draft is None:
        raise NotFound(token)
    if expected_revision is not None and expected_revision != draft.revision:
        event = journal.last_event(draft)
        raise Stale(
            _(
                "%(name)s was quicker: “%(act)s”. Look at the page again before you go on.",
                name=event.actor_name,
                act=journal.sentence(event),
            )
        )
    return draft


def _queue(subject: str) -> None:
    """Let two publications for the same kind of file come one after the other, so that numbers only rise."""
    db.session.execute(
        select(WorkflowVersion.id)
        .where(WorkflowVersion.subject == subject)
        .order_by(WorkflowVersion.version.desc(), WorkflowVersion.id.desc())
        .limit(1)
        .with_for_update()
    )


def _keepable(source: str) -> None:
    collect(
        None if source.strip() else Problem(_("Paste the definition, or choose its file."), "source"),
        Problem(_too_long(), "source") if len(source) > MOST_SIGNS else None,
        Problem(_("The text holds signs that cannot be printed."), "source")
        if re.search(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", source)
        else None,
    )


def _too_long() -> str:
    return _("This is too long: %(longest)s signs at most.", longest=MOST_SIGNS)


def _reason_problem(reason: str) -> Problem | None:
    if not reason:
        return Problem(_("Give the reason: it stays in the journal."), "reason")
    if len(reason) > LONGEST_REASON:
        return Problem(_("This is too long: %(longest)s signs at most.", longest=LONGEST_REASON), "reason")
    return None


def _number_problem(found: Examined) -> Problem | None:
    """Why a sound definition may not be the next one of its kind of file."""
    definition = found.definition
    if definition.subject not in registry.kinds:
        return Problem(_("No files of the kind “%(subject)s” exist here.", subject=definition.subject))
    newest = db.session.scalar(
        select(WorkflowVersion)
        .where(WorkflowVersion.subject == definition.subject)
        .order_by(WorkflowVersion.version.desc(), WorkflowVersion.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    if newest is None:
        return None
    if newest.name != definition.name:
        words = {"given": definition.name, "name": newest.name}
        return Problem(_("The name is “%(given)s”; the workflow of these files is called “%(name)s”.", **words))
    if definition.version <= newest.version:
        words = {"given": definition.version, "newest": newest.version}
        return Problem(
            _("Version %(given)s cannot follow version %(newest)s: give the definition a higher number.", **words)
        )
    if definition.version > HIGHEST_VERSION:
        return Problem(_("The number of the version is too high: %(highest)s at most.", highest=HIGHEST_VERSION))
    return None


def _name(draft: Draft, found: Examined) -> None:
    """Take from the text what it is called, as far as it could be read and can be kept."""
    definition = found.definition
    fits = definition is not None and 0 < definition.version <= HIGHEST_VERSION
    fits = fits and len(definition.name) <= 60 and len(definition.subject) <= 40
    draft.name = definition.name if fits else None
    draft.version = definition.version if fits else None
    draft.subject = definition.subject if fits else None
    draft.content_hash = definition.content_hash if fits else None


def _changed(draft: Draft) -> None:
    draft.revision += 1
    draft.changed_at = clock.now()
    db.session.flush()


def _authored(draft: Draft, by) -> None:
    if draft.author_id != by.id:
        raise Refused(_("This draft is %(name)s’s: only they change it or put it forward.", name=draft.author.name))


def _in_state(draft: Draft, *states: str) -> None:
    if draft.state not in states:
        raise Stale(_("This draft has moved on. Look at its page again."))


def _facts(draft: Draft) -> dict:
    return {"workflow": draft.name, "version": draft.version, "content_hash": draft.content_hash}
