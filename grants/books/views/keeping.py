"""The journal, the ledger of an account, the balance, the months."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from grants.access import allowed, current_person, policy
from grants.books import export, forms, operations
from grants.books.labels import account_label
from grants.books.operations.closing import next_month
from grants.books.queries import checking, leaving, reading, rules
from grants.books.views.blueprint import bp, sent, tabs
from grants.core import clock
from grants.core.web import page


@bp.get("")
@allowed("books.view")
def index():
    """The journal: every entry by day."""
    chosen = forms.SpanFilter(request.args)
    span, kept = chosen.span(), chosen.kept()
    found = reading.journal(span, after=request.args.get("after"))
    count, amount = reading.totals(span)
    return page(
        "books/journal.html",
        tabs=tabs("index"),
        filter=chosen,
        kept=kept,
        found=found,
        count=count,
        amount=amount,
        closed_through=rules.closed_through(),
        next_page=found.next and url_for(".index", after=found.next, **kept),
        first_page=request.args.get("after") and url_for(".index", **kept),
    )


@bp.get("/journal.<any(csv,xlsx):format>")
@allowed("books.view")
def take_journal(format: str):
    """The journal to take away: exactly the entries that the filters show."""
    span = forms.SpanFilter(request.args).span()
    heading, rows = leaving.journal_heading(), leaving.journal_rows(span)
    file = export.csv_file(heading, rows) if format == "csv" else export.xlsx_file(_("Journal"), heading, rows)
    return sent(file, "journal", format)


@bp.get("/balance")
@allowed("books.view")
def balance():
    """The trial balance: what stood before, what moved, what stands."""
    chosen = forms.SpanFilter(request.args, with_account=False)
    lines = reading.trial_balance(chosen.span())
    return page(
        "books/balance.html",
        tabs=tabs("balance"),
        filter=chosen,
        kept=chosen.kept(),
        lines=lines,
        debit=sum(line.debit for line in lines),
        credit=sum(line.credit for line in lines),
        closing=sum(max(0, line.closing) for line in lines),
        closing_credit=sum(max(0, -line.closing) for line in lines),
    )


@bp.get("/balance.<any(csv,xlsx):format>")
@allowed("books.view")
def take_balance(format: str):
    """The trial balance to take away."""
    span = forms.SpanFilter(request.args, with_account=False).span()
    heading, rows = leaving.balance_heading(), leaving.balance_rows(span)
    file = export.csv_file(heading, rows) if format == "csv" else export.xlsx_file(_("Trial balance"), heading, rows)
    return sent(file, "balance", format)


@bp.get("/accounts/<number>")
@allowed("books.view")
def account(number: str):
    """The ledger of one account, with its balance after each entry."""
    found = rules.account(number)
    chosen = forms.SpanFilter(request.args, with_account=False)
    kept = chosen.kept()
    lines, opening = reading.account_lines(number, chosen.span(number), after=request.args.get("after"))
    return page(
        "books/account.html",
        account=found,
        title=account_label(found),
        filter=chosen,
        kept=kept,
        lines=lines.items,
        opening=opening,
        next_page=lines.next and url_for(".account", number=number, after=lines.next, **kept),
        first_page=request.args.get("after") and url_for(".account", number=number, **kept),
    )


@bp.route("/entries/<int:entry_id>", methods=["GET", "POST"])
@allowed("books.view")
def entry(entry_id: int):
    """One entry: what it comes from, what stands beside it, and its correction."""
    found = reading.entry(entry_id)
    form = forms.CorrectForm(found)
    if form.validate_on_submit():
        with form.catching():
            made = operations.correct(
                found, side=form.side.data, account=form.account.data, reason=form.reason.data, by=current_person()
            )
            flash(_("The correction is entered today; the entry stays as it was."))
            return redirect(url_for(".entry", entry_id=made.id))
    names = {one.number: account_label(one) for one in rules.accounts()}
    return page("books/entry.html", entry=found, form=form, names=names, beside=reading.beside(found))


@bp.get("/months")
@allowed("books.view")
def periods():
    """The months that are closed, and the one that is next."""
    following = next_month()
    return page(
        "books/periods.html",
        tabs=tabs("periods"),
        periods=reading.periods(),
        following=following,
        over=following is not None and following[1] < clock.today(),
        differences=checking.differences(),
        may_close=policy.may(current_person(), "books.manage"),
    )


@bp.post("/months/<month>/close")
@allowed("books.manage")
def close(month: str):
    """Close a month."""
    operations.close_month(month, by=current_person())
    flash(_("The month is closed: nothing is dated in it any more."))
    return redirect(url_for(".periods"))


@bp.post("/catch-up")
@allowed("books.manage")
def catch_up():
    """Book what is not booked yet."""
    count = operations.catch_up()
    flash(_("%(count)s movements booked.", count=count))
    return redirect(url_for(".periods"))
