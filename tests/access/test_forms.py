"""Mistakes in a password are told beside the field."""

from grants.access.forms import PasswordForm


def test_two_passwords_that_differ_come_back_with_a_message(app):
    data = {"password": "quatre chevaux sur la dune", "again": "quatre chevaux sur la lune"}
    with app.test_request_context(method="POST", data=data):
        form = PasswordForm(meta={"csrf": False})
        assert not form.validate_on_submit()
        assert [str(error) for error in form.again.errors] == ["Les deux saisies diffèrent."]
