"""Builders of appraised files: each plays the real operations and is committed."""

import hashlib
import io
from functools import lru_cache

from PIL import Image

from grants import lifecycle
from grants.appraisal import operations, queries
from grants.calls.kinds import Kind
from grants.core import clock
from grants.core.references import new_uuid
from grants.core.unit_of_work import unit_of_work
from grants.core.uploads import Upload
from grants.documents.checking import Examined
from grants.projects.editions import kind_of
from grants.projects.models import Project
from tests.stories.rows import again


@lru_cache
def _jpeg() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((320, 240), 60).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def photo(name: str = "site.jpg") -> Upload:
    """A photo that passed the checks."""
    data = _jpeg()
    digest = hashlib.sha256(data).hexdigest()
    examined = Examined(kind="photo", mime="image/jpeg", sha256=digest, data=data, name=name, width=320, height=240)
    return Upload(new_uuid(), name, "image/jpeg", len(data), examined)


def all_yes(project: Project) -> dict:
    """A yes to each eligibility question of the call."""
    questions = queries.rules_of(project).eligibility_questions
    return {question.code: {"answer": "yes", "note": ""} for question in questions}


def screening_answers(kind: Kind, *yes: str) -> dict:
    """The screening sheet with no risk but those named, each with its measure."""
    given = {}
    for question in kind.screening:
        given[question.code] = question.code in yes
        if question.code in yes and question.measure:
            given[f"{question.code}_measure"] = "Le groupement plante deux arbres pour chaque arbre coupé."
    return given


def points(project: Project, each: int = 4, **over: int) -> dict[str, int]:
    """The same points for every criterion of the call's grid, but those in `over`."""
    return {criterion.code: over.get(criterion.code, each) for criterion in queries.rules_of(project).score_grid}


def check_values(**over) -> dict:
    """What the form of a field check gives."""
    return {
        "visited_on": clock.today(),
        "met": "Aïssata Dembélé, présidente ; Mamadou Kéita, chef de village",
        "findings": "L’enclos est clôturé, douze femmes étaient présentes, le marché de Sofara est à deux kilomètres.",
        "confirmed": True,
        "photo": photo(),
        **over,
    }


def eligible(project: Project, appraiser) -> Project:
    """A submitted file that was checked and declared eligible; it is being appraised."""
    with unit_of_work():
        file, person = again(project), again(appraiser)
        operations.answer_eligibility(file, all_yes(file), by=person)
        lifecycle.perform(file, "declare_eligible", by=person)
    again(appraiser)
    return again(project)


def checked(project: Project, appraiser) -> Project:
    """An eligible file that was screened and visited."""
    with unit_of_work():
        file, person = again(project), again(appraiser)
        operations.screen(file, screening_answers(kind_of(file)), by=person)
        operations.record_field_check(file, **check_values(), by=person)
    again(appraiser)
    return again(project)


def sheet(project: Project, appraiser, each: int = 4, **over: int):
    """The score sheet of an appraiser."""
    with unit_of_work():
        file = again(project)
        made = operations.file_score_sheet(
            file,
            scores=points(file, each, **over),
            opinion="favourable",
            comment="Groupement expérimenté, marché assuré.",
            by=again(appraiser),
        )
    again(appraiser)
    again(project)
    return again(made)


def recommended(project: Project, appraisers, each: int = 4) -> Project:
    """A submitted file that the two appraisers took as far as the committee's waiting list."""
    first, second = appraisers
    if again(project).step == "eligibility":
        eligible(project, first)
    checked(project, first)
    sheet(project, first, each)
    sheet(project, second, each)
    with unit_of_work():
        lifecycle.perform(again(project), "recommend", by=again(first))
    for person in appraisers:
        again(person)
    return again(project)
