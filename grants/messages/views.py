"""The news of a person: what happened on the files that concern them."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from grants.access import allowed, current_person, role_label
from grants.core.web import page
from grants.messages import operations, queries

bp = Blueprint("news", __name__)


@bp.get("/news")
@allowed("work.view")
def index():
    """The notices, the latest first, and the choice about the daily mail."""
    person = current_person()
    news, next_page = queries.news(person, after=request.args.get("after"))
    return page(
        "messages/news.html",
        news=news,
        next=next_page,
        first="after" in request.args,
        unread=queries.unread(person),
        newest=max((one.id for one in news), default=0),
        daily=queries.wants_daily(person),
        role_label=role_label,
    )


@bp.post("/news/read")
@allowed("work.view")
def read():
    """Mark as read what was on the page when the button was pressed, not what came since."""
    count = operations.mark_read(by=current_person(), up_to=request.form.get("up_to", 0, type=int))
    if count:
        flash(_("Everything is marked as read."), "success")
    return redirect(url_for(".index"))


@bp.post("/news/mail")
@allowed("work.view")
def mail():
    """Switch the daily mail on or off."""
    wanted = request.form.get("daily") == "yes"
    operations.choose_daily(wanted, by=current_person())
    flash(_("You get the daily mail from now on.") if wanted else _("You get no more daily mail."), "success")
    return redirect(url_for(".index"))
