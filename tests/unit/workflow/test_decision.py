"""Every action is offered, allowed or refused, and a refusal gives all its reasons in words."""

import pytest

from grants.workflow import Actor, Reason, UnknownAction, UnknownStep, decide, offers


class Facts:
    """One file: who did what on it, and what is missing for which guard."""

    def __init__(self, done=(), missing=None):
        self.done, self.missing, self.asked = list(done), missing or {}, []

    def who_did(self, action):
        return {person: str(person).title() for person, act in self.done if act == action}

    def unmet(self, guard):
        self.asked.append(guard)
        return self.missing.get(guard, [])


def actor(person, *roles):
    return Actor(person, frozenset(roles))


def test_every_action_is_offered_in_the_order_of_the_file(leave):
    found = offers(leave.definition(), "asked", actor("awa", "chief"), Facts())
    assert [(offer.action.code, offer.allowed) for offer in found] == [("approve", True), ("return", True)]


def test_a_wrong_role_is_told_who_could(leave):
    offer = decide(leave.definition(), "approved", "pay", actor("awa", "worker"), Facts())
    (reason,) = offer.reasons
    assert not offer.allowed
    assert not offer.concerns_me
    assert (reason.code, reason.names) == ("role", ("director", "chief"))
    assert reason.words["en"] == "This action belongs to: director or chief."
    assert reason.words["fr"] == "Cette action revient à\u00a0: director ou chief."


def test_roles_are_named_by_the_host(leave):
    words = {"director": {"fr": "directrice", "en": "head"}}
    offer = decide(leave.definition(), "approved", "pay", actor("awa"), Facts(), role_words=words)
    assert offer.reasons[0].in_locale("fr") == "Cette action revient à\u00a0: directrice ou chief."
    assert offer.reasons[0].in_locale("en") == "This action belongs to: head or chief."


def test_one_of_the_roles_is_enough(leave):
    for role in ("director", "chief"):
        assert decide(leave.definition(), "approved", "pay", actor("awa", role), Facts()).allowed


def test_who_did_an_earlier_act_is_refused_and_told_which(leave):
    facts = Facts(done=[("awa", "ask"), ("awa", "approve")])
    offer = decide(leave.definition(), "approved", "pay", actor("awa", "chief"), facts)
    (reason,) = offer.reasons
    assert (reason.code, reason.names) == ("apart", ("ask", "approve"))
    assert reason.in_locale("fr").startswith("Vous avez déjà fait «\u00a0Demander\u00a0» et «\u00a0Approuver\u00a0»")
    assert reason.in_locale("en").startswith("You already did “Ask” and “Approve” on this file")
    assert offer.concerns_me, "my role takes this action even if I may not on this file"
    assert decide(leave.definition(), "approved", "pay", actor("bakary", "chief"), facts).allowed


def test_who_acts_for_another_is_refused_what_the_other_may_not_do(leave):
    facts = Facts(done=[("awa", "ask")])
    lent = Actor("bakary", frozenset({"chief"}), stands_for="awa")
    (reason,) = decide(leave.definition(), "approved", "pay", lent, facts).reasons
    assert (reason.code, reason.names) == ("apart", ("ask",))
    assert reason.in_locale("en") == "You act for Awa, who already did “Ask” on this file: another person must act."
    assert reason.in_locale("fr").startswith("Vous agissez au nom de Awa, qui a déjà fait «\u00a0Demander\u00a0»")
    both = Facts(done=[("awa", "ask"), ("bakary", "approve")])
    found = decide(leave.definition(), "approved", "pay", lent, both).reasons
    assert [one.names for one in found] == [("approve",), ("ask",)]
    assert decide(leave.definition(), "approved", "pay", lent, Facts(done=[("cheick", "ask")])).allowed


def test_reasons_of_guards_are_passed_on_all_of_them(leave):
    missing = {"leave.days_left": ["No day is left.", Reason("The calendar is closed.", names=("2026",))]}
    offer = decide(leave.definition(), "asked", "approve", actor("awa", "chief"), Facts(missing=missing))
    assert [str(reason) for reason in offer.reasons] == ["No day is left.", "The calendar is closed."]
    assert {reason.code for reason in offer.reasons} == {"guard"}
    assert offer.reasons[1].names == ("2026",)
    assert offer.reasons[0].in_locale("fr") == "No day is left."


def test_a_lazy_text_is_only_read_when_it_is_shown(leave):
    class Lazy:
        def __str__(self):
            return "in the language of the page"

    offer = decide(
        leave.definition(), "asked", "approve", actor("a", "chief"), Facts(missing={"leave.days_left": [Lazy()]})
    )
    assert isinstance(offer.reasons[0].text, Lazy)
    assert str(offer.reasons[0]) == "in the language of the page"


def test_all_kinds_of_reasons_together(leave):
    facts = Facts(done=[("awa", "ask")], missing={"leave.days_left": ["No day is left."]})
    offer = decide(leave.definition(), "asked", "approve", actor("awa", "worker"), facts)
    assert [reason.code for reason in offer.reasons] == ["role", "apart", "guard"]


def test_a_guard_that_two_actions_need_is_asked_once(leave):
    from grants.workflow import load

    definition = load(leave.with_change('asks = "leave.reason"', 'needs = ["leave.days_left"]'))
    facts = Facts(missing={"leave.days_left": ["No day is left."]})
    found = offers(definition, "asked", actor("awa", "chief"), facts)
    assert [len(offer.reasons) for offer in found] == [1, 1]
    assert facts.asked == ["leave.days_left"]


def test_the_answer_for_one_action_is_the_one_in_the_list(leave):
    facts = Facts(done=[("awa", "ask")], missing={"leave.days_left": ["No day is left."]})
    someone = actor("awa", "chief")
    for offer in offers(leave.definition(), "asked", someone, facts):
        assert offer == decide(leave.definition(), "asked", offer.action.code, someone, facts)


def test_an_end_offers_nothing(leave):
    assert offers(leave.definition(), "done", actor("awa", "chief"), Facts()) == []
    with pytest.raises(UnknownAction):
        decide(leave.definition(), "done", "pay", actor("awa", "chief"), Facts())


def test_what_does_not_exist_is_an_error_not_a_refusal(leave):
    with pytest.raises(UnknownAction):
        decide(leave.definition(), "asked", "pay", actor("awa", "chief"), Facts())
    with pytest.raises(UnknownStep):
        offers(leave.definition(), "elsewhere", actor("awa", "chief"), Facts())
