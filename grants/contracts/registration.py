"""What contracts give to the house."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from grants import journal
from grants.access import policy
from grants.contracts import effects, file_section, forms, guards  # noqa: F401  (importing registers what they hold)
from grants.contracts.models import Contract
from grants.core.database import db
from grants.documents.ownership import shows_files
from grants.projects.models import Project

journal.say("project", "file_contract_scan", _l("Scan of the signed contract filed"))


@shows_files("contract")
def _files(person, contract_id: int) -> bool:
    project = db.session.scalar(select(Project).join(Contract).where(Contract.id == contract_id))
    return project is not None and policy.sees(person, "contracts.view", project)
