"""Complaints carried through their life by those who handle them."""

from grants import lifecycle
from grants.core import clock
from grants.core.references import new_uuid
from grants.core.unit_of_work import unit_of_work
from grants.grievances import operations
from tests.stories.rows import again

WORDS = "Le montant remis au groupement n’est pas celui que la convention annonce."
SECRET = "Le visiteur demande des faveurs contre la signature du dossier."


def values(**over) -> dict:
    """What the form of a complaint gives."""
    return {
        "category": "money", "words": WORDS, "place_code": "05", "village": "Sofara", "file_named": "", "name": "",
        "phone": None, "may_contact": False, **over,
    }  # fmt: skip


def lodged(address: str = "10.0.0.1", **over):
    """A complaint of the public page, and its code."""
    with unit_of_work():
        grievance, code = operations.lodge(values(**over), token=new_uuid(), address=address)
    return again(grievance), code


def registered(officer, **over):
    """A complaint that an officer wrote down, and its code."""
    with unit_of_work():
        given = {**values(**over), "channel": over.get("channel", "office")}
        grievance, code = operations.register(given, token=new_uuid(), by=again(officer))
    return again(grievance), code


def act(officer, grievance, action: str, **data):
    """An action on a complaint."""
    with unit_of_work():
        lifecycle.perform(again(grievance), action, by=again(officer), data=data)
    return again(grievance)


def classified(officer, grievance, **over):
    """A complaint as an officer classified it."""
    with unit_of_work():
        given = {
            "category": again(grievance).category,
            "file_named": "",
            "holds_payments": False,
            "sealed": False,
            **over,
        }
        operations.classify(again(grievance), given, by=again(officer))
    return again(grievance)


ANSWER = {
    "finding": "founded",
    "answer": "Le versement était incomplet : la banque a retenu des frais.",
    "measure": "La banque rend les frais avant le 30 du mois.",
}


def examined(officer, grievance):
    """A complaint under examination."""
    return act(officer, grievance, "acknowledge")


def answered(officer, grievance):
    """A complaint that was examined and answered."""
    return act(officer, examined(officer, grievance), "answer", **ANSWER)


def closed(officer, grievance):
    """A complaint whose person was told of the answer."""
    return act(officer, answered(officer, grievance), "close", told_how="phone", told_on=clock.today())
