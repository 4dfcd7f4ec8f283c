"""What a call has against an application, each reason with its figure."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.calls.kinds import kinds
from grants.calls.queries import zones
from grants.calls.rules import parse
from grants.core import clock
from grants.core.formatting import day
from grants.core.money import format_francs
from grants.core.texts import pick
from grants.lifecycle import Reason, guard


@guard("calls.open_for_submission", _l("the call is open"))
def open_for_submission(project, by):
    """The call takes applications today, and this one is what it asks for."""
    yield from not_open(project.call)
    yield from within_terms(project, by)


@guard("calls.within_terms", _l("the application is what its call asks for"))
def within_terms(project, by):
    """The application is what its call asks for: place, kind, amount, contribution of the group."""
    call = project.call
    if call.places and not any(project.place_code.startswith(code) for code in call.places):
        yield Reason(_("The site lies outside the zone of the call: %(zone)s.", zone=zone_words(call)))
    if project.kind not in call.kinds:
        yield Reason(_("The call does not take this kind of micro-project: %(kind)s.", kind=_kind_words(project.kind)))
    if project.requested < call.least_grant:
        yield Reason(
            _(
                "The grant asked for is %(asked)s; the call gives at least %(least)s.",
                asked=format_francs(project.requested),
                least=format_francs(call.least_grant),
            )
        )
    if project.requested > call.most_grant:
        yield Reason(
            _(
                "The grant asked for is %(asked)s; the call gives at most %(most)s.",
                asked=format_francs(project.requested),
                most=format_francs(call.most_grant),
            )
        )
    own, total = project.own_cash + project.own_kind, project.total
    if own * 100 < call.own_contribution_percent * total:
        # Rounded up: a franc less would still be refused.
        wanted = -(-call.own_contribution_percent * total // 100)
        yield Reason(
            _(
                "The group brings %(own)s; the call asks for %(percent)s%% of the whole cost, that is %(wanted)s.",
                own=format_francs(own),
                percent=call.own_contribution_percent,
                wanted=format_francs(wanted),
            )
        )


@guard("calls.small_grant", _l("the grant is one that the call calls small"))
def small_grant(project, by):
    """The grant asked for is one that the call calls small."""
    most = parse(project.call.rules).small_grant
    if most is None:
        yield Reason(_("The call %(reference)s has no simpler way for small grants.", reference=project.call.reference))
    elif project.requested > most:
        yield Reason(
            _(
                "The grant asked for is %(asked)s; the call calls a grant small up to %(most)s.",
                asked=format_francs(project.requested),
                most=format_francs(most),
            )
        )


def not_open(call):
    """Why no application may be submitted to a call today; nothing where it is open."""
    today = clock.today()
    if call.published_at is None:
        yield Reason(_("The call %(reference)s is not published.", reference=call.reference))
    elif today < call.opens_on:
        yield Reason(_("The call opens on %(day)s.", day=day(call.opens_on)))
    elif today > call.closes_on:
        yield Reason(_("The call closed on %(day)s.", day=day(call.closes_on)))


def zone_words(call) -> str:
    """The zone of a call in words: names of places, or the whole country."""
    return zones([call])[call.reference]


def _kind_words(code: str) -> str:
    kind = kinds().get(code)
    return pick(kind.label) if kind else code
