"""What complaints answer to their workflow and to payments."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.grievances import queries
from grants.lifecycle import Reason, guard
from grants.payments.conditions import condition


@guard("grievances.answer_given", _l("an answer has been given"))
def answer_given(grievance, by):
    """No complaint is closed without an answer."""
    if grievance.answered_at is None:
        yield Reason(_("No answer has been given to complaint %(reference)s yet.", reference=grievance.reference))


@condition("no_open_complaint", _l("No complaint that suspends payments"), always=True)
def no_open_complaint(tranche):
    """An open complaint that holds payments keeps the tranche. The words are the same whatever it is about."""
    if queries.suspends_payments(tranche.project):
        yield Reason(_("An open complaint suspends the payment."))
