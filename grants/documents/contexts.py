"""What each document needs: the data that the slices hand over, as typed dictionaries.

The slices build these from their own rows when they issue a document; the data are frozen with it. All texts are in
French (the documents are French by design), amounts are whole francs, days are ``datetime.date``. Whatever may be
unknown when the paper is printed is ``None`` and becomes a line to fill in by hand. ``issued`` is added by
``operations.issue`` and is never given by the caller.
"""

import types
import typing
from datetime import date
from typing import TypedDict

from grants.documents.articles import Answer, Article, People, PlanPart


class Issued(TypedDict):
    """What ties a printed page to this system; printed in the foot of every page."""

    reference: str  # of the document: MP-2026-0417-K
    code: str  # for public verification: 7KQ4-M2XD-93TA
    address: str  # https://…/v/7KQ4-M2XD-93TA, in the QR code
    host: str  # example.ml/v: what people can type
    template_version: str
    fingerprint: str  # SHA-256 of template, version and data, hex
    on: date
    journal_seq: int | None
    journal_head: str | None
    checkpoint: int | None  # the newest checkpoint of the whole journal
    checkpoint_root: str | None


class Programme(TypedDict):
    """Who issues: the head of every document."""

    name: str  # Programme d’appui à la cohésion sociale
    unit: str | None  # Équipe régionale d’appui de Mopti
    address: str | None
    phone: str | None
    funder: str | None  # Banque mondiale (IDA)
    agreement: str | None  # accord de don n° …
    represented_by: str | None  # the coordinator's name
    role: str  # coordonnateur du Programme


class Where(TypedDict):
    """A place, with the codes that tell homonyms apart."""

    village: str | None
    commune: str | None  # None in Bamako, which has none
    cercle: str | None
    region: str
    code: str
    latitude: float | None
    longitude: float | None


class Officer(TypedDict):
    """A person who signs for the group."""

    name: str
    role: str  # présidente, trésorière, secrétaire
    paper: str | None  # NINA 2 79 …, carte d’identité n° …


class Members(TypedDict):
    total: int
    women: int
    men: int
    youth: int | None
    disabled: int | None


class Group(TypedDict):
    name: str
    form: str  # société coopérative simplifiée (SCOOPS)
    registration: str | None  # n° 0417/SCOOPS-DJE du 3 mars 2024, SLDSES de Djenné; None: récépissé en cours
    seat: Where
    members: Members
    mandate: str | None  # procès-verbal de l’assemblée générale du 2 février 2026
    officers: list[Officer]


class MicroProject(TypedDict):
    reference: str
    title: str
    kind: str  # Élevage
    summary: str | None
    place: Where
    revision: int  # version of the application that was approved
    beneficiaries: int | None


class Decision(TypedDict):
    committee: str  # comité régional de sélection de Mopti
    on: date
    minutes: str  # reference of the minutes
    rank: int | None
    conditions: list[str]


class Costs(TypedDict):
    """Who pays for what, in francs."""

    grant: int
    cash: int
    in_kind: int
    others: int
    in_kind_valuation: str | None  # how the share in kind was valued


class Tranche(TypedDict):
    number: int
    percent: int
    amount: int
    conditions: list[str]


class Payee(TypedDict):
    mode: str  # virement bancaire, monnaie électronique
    institution: str  # BNDA, Orange Money
    account: str
    holder: str
    fees: str  # à la charge du Programme


class Rules(TypedDict):
    """The figures of the call under which the project was granted."""

    months: int  # duration
    start: str | None  # condition of the start
    pay_days: int
    justify_percent: int
    chase_days: int
    suspend_days: int
    notice_days: int
    move_percent: int  # budget moves allowed by notice
    quote_threshold: int  # francs, from which three prices are compared
    asset_years: int
    keep_years: int
    correct_days: int
    dispute_days: int


class Report(TypedDict):
    name: str
    due: str


class Indicator(TypedDict):
    name: str
    target: str


class Screening(TypedDict):
    category: str
    measures: list[str]
    exclusions: list[str]
    answers: list[Answer]


class Complaints(TypedDict):
    phone: str | None
    place: str | None
    days: int
    languages: str | None


class Reading(TypedDict):
    """How the text was made known to people who do not read it."""

    language: str
    place: str | None
    on: date | None
    reader: str | None
    reader_paper: str | None


class Witness(TypedDict):
    name: str | None
    paper: str | None


class BudgetLine(TypedDict):
    label: str
    quantity: str  # "40 têtes"
    unit_cost: int
    amount: int
    grant: int
    cash: int
    in_kind: int


class Milestone(TypedDict):
    what: str
    when: str
    who: str


class Contract(TypedDict):
    programme: Programme
    group: Group
    project: MicroProject
    people: People
    articles: list[Article]
    call: str  # Appel 2026-01 « Relance économique du Centre »
    decision: Decision
    costs: Costs
    tranches: list[Tranche]
    payee: Payee
    rules: Rules
    reports: list[Report]
    indicators: list[Indicator]
    screening: Screening
    complaints: Complaints
    court: str  # tribunal compétent
    originals: int
    reading: Reading
    witnesses: list[Witness]
    budget: list[BudgetLine]
    budget_note: str | None  # what the reader of the budget must know: granted less than asked
    plan: list[PlanPart]
    schedule: list[Milestone]
    coded_pages: int  # the most pages that get a code of their own
    draft: bool  # a preview, which says so on every page
    issued: Issued


class PartOfPayment(TypedDict):
    holder: str
    account: str
    on: date
    amount: int


class PaymentOrder(TypedDict):
    programme: Programme
    reference: str
    on: date
    project: MicroProject
    group_name: str
    contract: str  # reference of the contract
    tranche: int
    tranches: int
    amount: int
    payee: Payee
    transfers: list[PartOfPayment]  # none where it leaves at once
    payer: str  # account of the programme
    object: str
    conditions: list[Indicator]  # condition, how it was met
    prepared_by: str
    verified_by: str | None
    released_by: str | None
    issued: Issued


class Transfer(TypedDict):
    """A line of a letter of transfer."""

    number: int
    name: str
    institution: str
    account: str
    order: str  # our reference of the payment
    amount: int


class TransferLetter(TypedDict):
    programme: Programme
    reference: str
    on: date
    bank: str
    account: str
    holder: str
    fund: str
    count: int
    total: int
    transfers: list[Transfer]
    issued: Issued


class Receipt(TypedDict):
    programme: Programme
    reference: str
    on: date
    project: MicroProject
    group: Group
    contract: str
    order: str  # reference of the payment order
    tranche: int
    tranches: int
    amount: int
    fees: int | None
    mode: str
    institution: str
    transaction: str | None
    received_on: date | None
    reading: Reading
    witnesses: list[Witness]
    issued: Issued


def faults(schema, context):
    """Return every place where ``context`` lacks a name, has one too many or holds another type (empty: all well)."""
    return list(_faults(schema, context, ""))


def _faults(wanted, value, path):
    here = path or "context"
    if typing.is_typeddict(wanted):
        if not isinstance(value, dict):
            yield f"{here}: a dictionary is needed"
            return
        hints = typing.get_type_hints(wanted)
        for name in value.keys() - hints.keys():
            yield f"{path}.{name}".lstrip(".") + ": unknown name"
        for name, hint in hints.items():
            inner = f"{path}.{name}".lstrip(".")
            if name not in value:
                yield f"{inner}: missing"
            else:
                yield from _faults(hint, value[name], inner)
    elif typing.get_origin(wanted) is list:
        if not isinstance(value, list | tuple):
            yield f"{here}: a list is needed"
            return
        for index, item in enumerate(value):
            yield from _faults(typing.get_args(wanted)[0], item, f"{path}[{index}]")
    elif isinstance(wanted, types.UnionType):
        if value is not None:
            for kind in typing.get_args(wanted):
                if kind is not type(None):
                    yield from _faults(kind, value, path)
    elif not _is(value, wanted):
        yield f"{here}: {wanted.__name__} is needed, not {type(value).__name__}"


def _is(value, wanted):
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if wanted is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, wanted)
