"""The daily mail: what happened since the last one, and how much is late. One a person and day, nothing where nothing is new.

It says which acts happened on which files, and nothing else of what the files hold: no telephone, no paper, no amount.
"""

from collections.abc import Iterable
from uuid import uuid4

from flask import current_app
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy import select

from grants.access.models import Person
from grants.core import clock
from grants.core.database import db
from grants.core.formatting import day, moment
from grants.core.language import LANGUAGES
from grants.core.unit_of_work import unit_of_work
from grants.lifecycle.work.mine import late_count
from grants.messages.models import Mail, MailChoice, Notice
from grants.messages.queries import News, described

MOST_LINES = 30


def write_due() -> int:
    """Write the digest of everybody who has news and got none today yet, from the hour of `BENKAN_DIGEST_HOUR` on.

    Nothing is written while no way of sending is set up: people would get months of it on the day it is.
    """
    if not current_app.config["MAIL"] or clock.now().astimezone(clock.BAMAKO).hour < current_app.config["DIGEST_HOUR"]:
        return 0
    written = 0
    with unit_of_work():
        people = _with_news()
    for person_id in people:
        with unit_of_work():
            written += _write(person_id)
    return written


def _with_news() -> list[int]:
    """The people who have unread news that no mail told, an address, no mail of today, and did not decline."""
    mailed = select(Mail.id).where(Mail.person_id == Person.id, Mail.day == clock.today()).exists()
    declined = select(MailChoice.person_id).where(MailChoice.person_id == Person.id, ~MailChoice.daily).exists()
    fresh = (
        select(Notice.id)
        .where(Notice.person_id == Person.id, Notice.read_at.is_(None), Notice.mail_id.is_(None))
        .exists()
    )
    query = select(Person.id).where(Person.active, Person.email.is_not(None), fresh, ~mailed, ~declined)
    return list(db.session.scalars(query.order_by(Person.id)))


def _write(person_id: int) -> bool:
    # Held until the mail is there: two workers write it one after the other, and the second finds it.
    person = db.session.get(Person, person_id, with_for_update={"key_share": True}, populate_existing=True)
    if not person.active or not person.email or person_id not in _with_news():
        return False
    notices = _unmailed(person)
    with force_locale(person.locale if person.locale in LANGUAGES else "fr"):
        news = [one for one in described(notices, person) if one.title]
        late = late_count(person)
        mail = _mail(person, news, late) if news else None
    if mail is None:
        return False
    db.session.add(mail)
    db.session.flush()
    for notice in notices:
        notice.mail_id = mail.id
    return True


def _unmailed(person: Person) -> list[Notice]:
    return list(
        db.session.scalars(
            select(Notice)
            .where(Notice.person_id == person.id, Notice.read_at.is_(None), Notice.mail_id.is_(None))
            .order_by(Notice.id)
        )
    )


def _mail(person: Person, news: list[News], late: int) -> Mail:
    host = current_app.config["PUBLIC_URL"].partition("://")[2].partition("/")[0].partition(":")[0] or "localhost"
    return Mail(
        person_id=person.id,
        day=clock.today(),
        message_id=f"<{uuid4()}@{host}>",
        address=person.email,
        locale=person.locale,
        subject=_subject(len(news), late),
        body="\n".join(_lines(person, news, late)),
        created_at=clock.now(),
        try_at=clock.now(),
    )


def _subject(count: int, late: int) -> str:
    parts = [ngettext("%(num)d piece of news", "%(num)d pieces of news", count)]
    if late:
        parts.append(ngettext("%(num)d late file", "%(num)d late files", late))
    return f"Bɛnkan – {', '.join(parts)}"


def _lines(person: Person, news: list[News], late: int) -> Iterable[str]:
    home = current_app.config["PUBLIC_URL"]
    yield _("Hello %(name)s,", name=person.name)
    yield ""
    yield _("This happened on your files until %(day)s:", day=day(clock.now()))
    yield ""
    for one in news[-MOST_LINES:]:
        yield "- " + _("%(what)s: %(title)s", what=one.words, title=one.title)
        yield f"  {one.subject.reference} · {moment(one.at)}"
    if len(news) > MOST_LINES:
        more = len(news) - MOST_LINES
        yield ngettext("and %(num)d more on screen", "and %(num)d more on screen", more)
    yield ""
    if late:
        yield ngettext(
            "%(num)d file waits for you beyond its time.", "%(num)d files wait for you beyond their time.", late
        )
        yield ""
    yield _("My work: %(url)s", url=f"{home}/")
    yield _("All the news: %(url)s", url=f"{home}/news")
    yield ""
    yield "-- "
    yield current_app.config["PROGRAMME"]
    yield _("You get at most one such mail a day. You can switch it off on the page of the news.")
