"""The list of groups that agents kept in a spreadsheet becomes groups, and one of them applies."""

import sqlalchemy as sa

from grants.core import clock
from grants.core.database import db
from grants.groups.models import Group, PaymentAccount
from tests.groups.test_import import LIST
from tests.journeys import preparing
from tests.stories.groups import iban


def reads_the_list(play) -> None:
    """The chief of the regional team hands in the list; nothing is registered before it was looked at."""
    chief = play.person("appraiser1")
    chief.go("/groups")
    chief.follow("Take over a list")
    chief.hand_in("List of groups (.xlsx)", LIST)
    chief.press("Read the list")
    chief.sees(LIST.name, play.french("wait for an answer"), play.french("To be corrected in the file"))
    assert _listed(play) == []


def answers_its_questions(play) -> None:
    """What is doubtful is asked once and chosen by a person; then all that is ready is registered together."""
    chief = play.person("appraiser1")
    questions = chief.main.locator("#questions fieldset")
    assert questions.count() > 3
    for question in questions.all():
        question.get_by_role("radio").first.check()
    chief.press("Read again with these answers")
    assert chief.main.locator("#questions fieldset").count() == 0
    chief.press(chief.main.locator("button[name=do][value=import]").inner_text())
    chief.sees(play.french("List taken over"))
    # The list is of the whole north; what lies in other regions is not this team's to register.
    registered = _listed(play)
    assert len(registered) > 20 and {group.place_code[:2] for group in registered} == {"05"}


def a_group_of_the_list_applies(play) -> None:
    """What no list holds is noted down by the agent: that the group agreed, and its account. Then it applies."""
    with play.app.app_context():
        groups = _select().where(~sa.exists().where(PaymentAccount.group_id == Group.id), Group.consent_on.is_(None))
        group = db.session.scalars(groups).first()
        reference, name = group.reference, group.name
    agent = play.person("agent1")
    agent.go(f"/groups/{reference}")
    agent.follow("Note the consent")
    agent.write("Day on which the group agreed", clock.today())
    agent.pick("Language in which it was read out", "bamanankan")
    agent.write("Witness", "Le chef de village")
    agent.press("Save")
    preparing.begins_the_account(agent, name, iban(78))
    agent.press("Save")
    file = preparing.applies(play, name, "commerce", "Commerce et services", "Boutique de céréales")
    preparing.attaches_and_submits(play, file, "Boutique de céréales", name)


def _select():
    return sa.select(Group).where(Group.import_id.is_not(None)).order_by(Group.id)


def _listed(play) -> list[Group]:
    with play.app.app_context():
        return list(db.session.scalars(_select()))
