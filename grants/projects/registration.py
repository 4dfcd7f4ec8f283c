"""What this slice gives to the house."""

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload

from grants import journal
from grants.access import policy
from grants.core import navigation
from grants.core.database import db
from grants.documents.ownership import shows_files
from grants.groups.models import Group
from grants.lifecycle import Kind, register_kind
from grants.lifecycle.work import report
from grants.projects import file_sections, forms, guards, queries  # noqa: F401  (importing registers what they hold)
from grants.projects.labels import kind_label
from grants.projects.models import Project

navigation.entry(10, _l("Files"), "projects.index", "projects.view")

register_kind(
    Kind(
        code="project",
        model=Project,
        load=queries.find,
        url=lambda project: url_for("projects.show", reference=project.reference),
        title=lambda project: project.title,
        # A list shows no answers; reading those of a page of files takes longer than finding the files.
        eager=(joinedload(Project.group).load_only(Group.name), defer(Project.answers), defer(Project.unlocked)),
        words=_l("Files"),
    )
)

report.describe_categories(kind_label)

journal.say("project", "begin", _l("Application begun"))
journal.say("project", "save_section", _l("Answers saved"))
journal.say("project", "save_budget", _l("Budget saved"))
journal.say("project", "attach_paper", _l("Paper attached"))
journal.say("project", "remove_paper", _l("Paper taken out"))
journal.say("project", "set_spokesperson", _l("Spokesperson named"))
journal.say("project", "retitle", _l("Title changed"))


@shows_files("project")
def _files(person, project_id: int) -> bool:
    project = db.session.scalar(select(Project).where(Project.id == project_id))
    return project is not None and policy.sees(person, "projects.view", project)
