"""What the bank of the demonstration sent back: how its files are read, a return with rows for a person, a statement."""

from datetime import date

from sqlalchemy import select

from grants import lifecycle
from grants.core import clock
from grants.core.database import db
from grants.demo.timeline import Timeline
from grants.demo.world import World
from grants.documents import operations as documents
from grants.documents.checking import Examined
from grants.lifecycle import registry
from grants.payments.back import layouts
from grants.payments.back import operations as returns
from grants.payments.back import queries as back
from grants.payments.models import PaymentOrder
from grants.payments.out import queries as out
from grants.payments.statements import movements
from grants.payments.statements import operations as statements

_RETURNS = layouts.Reading(
    columns=(
        ("reference", "Référence"), ("account", "Compte"), ("amount", "Montant"), ("day", "Date"), ("state", "Statut"),
        ("reason", "Motif"), ("bank_reference", "Avis"),
    ),
    paid="EXECUTE", failed="REJETE", pending="EN COURS",
)  # fmt: skip
_STATEMENTS = layouts.Reading(
    columns=(
        ("day", "Date"),
        ("wording", "Libellé"),
        ("bank_reference", "Avis"),
        ("debit", "Débit"),
        ("credit", "Crédit"),
    ),
    purpose="statement",
)


def plan(timeline: Timeline, world: World, founded: float) -> None:
    """Describe the files of the bank once, then read a return and a statement in the last days."""
    timeline.add(timeline.instant(founded), lambda: _describe(world))
    timeline.add(timeline.instant(-1.2), lambda: _return(world))
    timeline.add(timeline.instant(-0.9), lambda: _statement(world))
    timeline.add(timeline.instant(-0.6), lambda: _money_back(world))


def _describe(world: World) -> None:
    for name, reading in (("BNDA, retours de virements", _RETURNS), ("BNDA, relevés de compte", _STATEMENTS)):
        returns.save_profile(name, reading, by=world.cast.coordinator)


def _return(world: World) -> None:
    """Payments that were confirmed by hand already, one of another amount, and one that is none of ours."""
    orders = select(PaymentOrder).order_by(PaymentOrder.sent_at.desc(), PaymentOrder.id)
    paid = list(db.session.scalars(orders.where(PaymentOrder.paid_on.is_not(None)).limit(2)).unique())
    sent = list(db.session.scalars(orders.where(PaymentOrder.step == "sent").limit(1)).unique())
    rows = [(one.sendings[-1].reference, one.amount, one.paid_on, one.bank_reference) for one in paid]
    rows += [(one.sendings[-1].reference, one.amount - 25_000, clock.today(), "AD 558210") for one in sent]
    rows.append(("VIREMENT LOYER", 85_000, clock.today(), "AD 558214"))
    lines = "".join(f"{reference};;{amount};{_day(on)};EXECUTE;;{advice}\n" for reference, amount, on, advice in rows)
    data = f"Référence;Compte;Montant;Date;Statut;Motif;Avis\n{lines}".encode()
    name = f"BNDA-retours-{clock.today()}.csv"
    made = returns.apply(data, _profile("return"), name=name, by=world.cast.officer)
    _keep(data, name, made, world)


def _statement(world: World) -> None:
    """Everything that moved on the account but its last payment, and a fee that nobody has explained yet."""
    payer = next(one for one in out.payers() if one.kind == "bank")
    known = movements.of_account(payer)
    last = max((one for one in known if one.kind == "attempt"), key=lambda one: one.day, default=None)
    rows = [(one.day, f"VIR {one.references[0]}", one.references[-1], one.amount) for one in known if one is not last]
    rows.append((clock.today(), "FRAIS DE TENUE DE COMPTE", "FR 1107", -2_360))
    lines = "".join(
        f"{_day(on)};{wording};{advice};{-amount if amount < 0 else ''};{amount if amount > 0 else ''}\n"
        for on, wording, advice, amount in rows
    )
    data = f"Date;Libellé;Avis;Débit;Crédit\n{lines}".encode()
    name = f"BNDA-releve-{clock.today()}.csv"
    made = statements.take_over(
        data,
        payer,
        _profile("statement"),
        name=name,
        opening=0,
        closing=sum(row[3] for row in rows),
        by=world.cast.officer,
    )
    _keep(data, name, made, world)


def _money_back(world: World) -> None:
    """A payment that was confirmed and that the bank gave back: reported, and waiting for the controller."""
    wanted = (
        select(PaymentOrder).where(PaymentOrder.step == "confirmed").order_by(PaymentOrder.paid_on, PaymentOrder.id)
    )
    # One stays as it is: it waits for the receipt of the group.
    for order in list(db.session.scalars(wanted).unique())[:-1]:
        last = order.sendings[-1]
        if last.amount != order.amount or list(registry.guards["payments.unjustified"](order, None)):
            continue
        said = f"{last.reference};;{order.amount};{_day(clock.today())};REJETE;AC04;RET 7710\n"
        data = f"Référence;Compte;Montant;Date;Statut;Motif;Avis\n{said}".encode()
        name = f"BNDA-retour-de-fonds-{clock.today()}.csv"
        made = returns.apply(data, _profile("return"), name=name, by=world.cast.officer)
        _keep(data, name, made, world)
        (row,) = back.all_rows(made)
        values = {
            "evidence": f"row-{row.id}",
            "returned_on": clock.today(),
            "reason": "Compte clos chez la banque du groupement",
        }
        lifecycle.perform(order, "state_return", by=world.cast.officer, data=values)
        return


def _profile(purpose: str):
    return back.profiles(purpose)[0]


def _keep(data: bytes, name: str, subject, world: World) -> None:
    examined = Examined(kind="sheet", mime="text/csv", sha256="", data=data, name=name)
    documents.store(examined, by=world.cast.officer, subject=subject)


def _day(on: date) -> str:
    return on.strftime("%d/%m/%Y")
