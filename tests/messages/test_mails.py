"""The daily mail and the outbox: one a person and day, at least once, whatever the mail server does."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from grants import lifecycle
from grants.core import clock, periodic
from grants.core.database import db
from grants.core.unit_of_work import unit_of_work
from grants.messages import digests, operations, outbox
from grants.messages.models import Mail, Notice
from tests.messages.mail_server import MailServer
from tests.stories.rows import again

pytestmark = pytest.mark.stands("submitted")

REASON = {"reason": "Il manque le devis du hangar.", "parts": ["budget"]}


@pytest.fixture
def server(app, monkeypatch):
    """A mail server on this machine, to which the application sends."""
    with MailServer() as made:
        monkeypatch.setitem(app.config, "MAIL", f"smtp://127.0.0.1:{made.port}")
        monkeypatch.setitem(app.config, "MAIL_FROM", "Bɛnkan <benkan@example.org>")
        monkeypatch.setitem(app.config, "DIGEST_HOUR", 0)
        yield made


def mails() -> list[Mail]:
    db.session.rollback()
    return list(db.session.scalars(select(Mail).order_by(Mail.id)))


def send_back(people, project):
    with unit_of_work():
        lifecycle.perform(again(project), "return_for_completion", by=again(people.appraisers[0]), data=REASON)


def test_one_mail_a_person_and_day_however_much_happens(server, people, project):
    send_back(people, project)
    with unit_of_work():
        lifecycle.perform(again(project), "resubmit", by=again(people.agent))
    digests.write_due()
    written = len(mails())
    assert digests.write_due() == 0
    # The two appraisers (told of both submissions) and the agent.
    assert sorted(mail.address for mail in mails()) == sorted(
        again(person).email for person in (people.agent, *people.appraisers)
    )
    assert outbox.send_due() == written == len(server.received) == 3
    send_back(people, project)
    assert digests.write_due() == 0
    with clock.at(clock.now() + timedelta(days=1)):
        assert digests.write_due() == 1


def test_what_stands_in_the_mail_and_what_does_not(server, people, project):
    send_back(people, project)
    with unit_of_work():
        again(people.agent).locale = "en"
    digests.write_due()
    outbox.send_due()
    mail = next(one for one in server.messages if one["To"] == again(people.agent).email)
    body = mail.get_content()
    assert "Hello" in body and again(project).title in body and again(project).reference in body
    assert mail["Auto-Submitted"] == "auto-generated" and mail.get_content_type() == "text/plain"
    french = next(one for one in server.messages if one["To"] == again(people.appraisers[0]).email)
    assert "Bonjour" in french.get_content() and french["Content-Language"] == "fr"
    group = again(project).group
    for text in (one.get_content() for one in server.messages):
        assert REASON["reason"] not in text
        assert not any(officer.phone and officer.phone in text for officer in group.officers)


def test_nothing_new_no_mail_and_nothing_without_a_way_of_sending(app, server, people, project, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL", "")
    assert digests.write_due() == 0 and mails() == []
    monkeypatch.setitem(app.config, "MAIL", f"smtp://127.0.0.1:{server.port}")
    for person in people.appraisers:
        with unit_of_work():
            operations.mark_read(by=again(person), up_to=10**9)
    assert digests.write_due() == 0


def test_who_declined_or_left_gets_none(server, people, project):
    first, second = people.appraisers
    with unit_of_work():
        operations.choose_daily(False, by=again(first))
        again(second).active = False
    assert digests.write_due() == 0
    with unit_of_work():
        operations.choose_daily(True, by=again(first))
    assert digests.write_due() == 1
    with unit_of_work():
        again(first).active = False
    assert outbox.send_due() == 0 and server.received == []
    assert mails()[0].given_up_at is not None


def test_a_server_that_is_down_is_asked_later_and_later(server, people, project):
    with unit_of_work():
        operations.choose_daily(False, by=again(people.appraisers[1]))
    digests.write_due()
    count = len(mails())
    server.stop()
    waits, now = [], clock.now()
    for _time in range(4):
        with clock.at(now):
            assert outbox.send_due() == 0
        tried = max(mails(), key=lambda mail: mail.attempts)
        waits.append(tried.try_at - now)
        assert tried.failure and tried.claimed_until is None
        now = max(mail.try_at for mail in mails())
    assert waits == sorted(waits) and waits[-1] > waits[0]
    server.start()
    with clock.at(now + timedelta(hours=1)):
        assert outbox.send_due() == count
    assert len(server.received) == count and all(mail.sent_at for mail in mails())


def test_an_address_that_does_not_exist_is_given_up_and_the_others_go(server, people, project):
    server.unknown.add(again(people.appraisers[0]).email)
    digests.write_due()
    assert outbox.send_due() == 1
    given_up = [mail for mail in mails() if mail.given_up_at]
    assert [mail.address for mail in given_up] == [again(people.appraisers[0]).email] and "550" in given_up[0].failure


def test_killed_between_sending_and_saving_it_goes_again_under_the_same_name(server, people, project, monkeypatch):
    digests.write_due()
    count = len(mails())

    class Killed(BaseException):
        pass

    real = outbox.transport(f"smtp://127.0.0.1:{server.port}")

    class Dying:
        def send(self, message):
            real.send(message)
            raise Killed

        close = real.close

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "transport", lambda _address: Dying())
        with pytest.raises(Killed):
            outbox.send_due()
    assert not any(mail.sent_at for mail in mails()) and len(server.received) == 1
    # Its claim holds for a while: nobody sends it a second time in the same breath.
    assert outbox.send_due() == count - 1
    with clock.at(clock.now() + outbox.CLAIM + timedelta(minutes=1)):
        assert outbox.send_due() == 1
    names = [message["Message-ID"] for message in server.messages]
    assert len(names) == count + 1 and len(set(names)) == count


def test_two_workers_at_once_send_each_mail_once(app, server, people, project):
    with unit_of_work() as session:
        for number in range(20):
            session.add(
                Mail(
                    person_id=people.agent.id, day=clock.today() - timedelta(days=number), locale="fr", subject="S",
                    body="B", message_id=f"<{number}@example.org>", address=again(people.agent).email,
                )
            )  # fmt: skip
    gate, counts = threading.Barrier(2), []

    def work():
        with app.app_context():
            gate.wait()
            try:
                counts.append(outbox.send_due())
            finally:
                db.session.remove()

    db.session.rollback()
    threads = [threading.Thread(target=work) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) + outbox.send_due() == 20
    assert len({message["Message-ID"] for message in server.messages}) == len(server.received) == 20


def test_mails_into_a_folder(app, people, project, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL", f"file://{tmp_path}/mails")
    monkeypatch.setitem(app.config, "DIGEST_HOUR", 0)
    result = app.test_cli_runner().invoke(args=["tick"])
    assert result.exit_code == 0, result.output
    assert len(list((tmp_path / "mails").glob("*.eml"))) == len(mails()) == 2


def test_a_job_that_fails_keeps_none_of_the_others(app, people, project, monkeypatch):
    def fails():
        raise RuntimeError("the lights went out")

    monkeypatch.setitem(periodic._jobs, "fails", periodic.Job(1, "fails", fails))
    result = app.test_cli_runner().invoke(args=["tick"])
    assert result.exit_code == 1 and "the lights went out" in result.output
    outcomes = {outcome.name: outcome.error for outcome in periodic.run_all()}
    assert outcomes["fails"] is not None and outcomes["timers"] is None and outcomes["mails"] is None


def test_a_notice_and_its_act_are_there_together_or_not_at_all(people, project, monkeypatch):
    from grants.lifecycle import registry

    def fails(*_args):
        raise RuntimeError("the lights went out")

    before = db.session.scalar(select(db.func.count()).select_from(Notice))
    monkeypatch.setattr(registry, "listeners", [*registry.listeners, fails])
    with pytest.raises(RuntimeError):
        send_back(people, project)
    db.session.rollback()
    assert again(project).step == "eligibility"
    assert db.session.scalar(select(db.func.count()).select_from(Notice)) == before
