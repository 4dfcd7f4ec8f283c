"""A complaint that holds a payment, and lets it go."""

import pytest

from grants.core.errors import Problems, Refused
from grants.grievances import queries
from grants.payments import conditions
from grants.payments import queries as payments
from tests.stories import grievances as story
from tests.stories import life
from tests.stories.rows import again


@pytest.mark.stands("contributed")
def test_an_open_complaint_holds_the_next_tranche_and_says_no_more(people, project, app, make_person):
    officer = make_person("grievance_officer", place="05")
    grievance, _code = story.lodged(category="sea_sh", words=story.SECRET, file_named=project.reference.lower())
    assert grievance.project_id == project.id and grievance.sealed

    def gaps():
        return conditions.missing(payments.tranches(again(project))[0])

    assert gaps() == []
    with pytest.raises(Problems):
        story.classified(officer, grievance, holds_payments=True)
    story.classified(officer, grievance, file_named=project.reference, holds_payments=True)
    assert gaps() == ["Une plainte ouverte suspend le versement."]
    with pytest.raises(Refused) as refusal:
        life.prepared(people, project)
    assert "plainte ouverte" in str(refusal.value)
    assert "GV-" not in str(refusal.value) and "abus" not in str(refusal.value).lower()

    # Lifted by whoever handles it, held again, lifted by its end.
    story.classified(officer, grievance, file_named=project.reference)
    assert gaps() == []
    story.classified(officer, grievance, file_named=project.reference, holds_payments=True)
    story.closed(officer, grievance)
    assert gaps() == [] and not queries.suspends_payments(project)
    order = life.prepared(people, project)
    assert order.step == "prepared"


@pytest.mark.stands("contributed")
def test_what_is_under_way_is_not_released_either(people, project, app, make_person):
    officer = make_person("grievance_officer", place="05")
    order = life.prepared(people, project)
    grievance, _code = story.registered(officer, file_named=project.reference)
    story.classified(officer, grievance, file_named=project.reference, holds_payments=True)
    with pytest.raises(Refused):
        life.released(people, order)
    story.act(officer, grievance, "withdraw", why="La personne s’est entendue avec le groupement.")
    assert life.released(people, order).step == "sent"
