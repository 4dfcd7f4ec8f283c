"""The shape of what people give to sign in and to be administered."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.core.forms import Form, HiddenField, PasswordField, Required, StringField


class SignInForm(Form):
    """Sign in with an e-mail address or a telephone number."""

    login = StringField(_l("E-mail address or telephone"), [Required()], render_kw={"autocomplete": "username"})
    password = PasswordField(_l("Password"), [Required()], render_kw={"autocomplete": "current-password"})
    next = HiddenField()
    held = HiddenField()


class PasswordForm(Form):
    """Choose a new password, typed twice."""

    password = PasswordField(
        _l("New password"),
        [Required()],
        description=_l("At least 12 characters. Three or four words that do not belong together are good."),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(_l("The same once more"), [Required()], render_kw={"autocomplete": "new-password"})

    def validate_again(self, field):
        if field.data != self.password.data:
            raise ValueError(_("The two are not the same."))


class ChangePasswordForm(PasswordForm):
    """Change one's own password, with the present one."""

    present = PasswordField(_l("Present password"), [Required()], render_kw={"autocomplete": "current-password"})


class ActivationForm(PasswordForm):
    """Use a one-time code to choose a password."""

    code = StringField(_l("Activation code"), [Required()], description=_l("The administrator gave it to you."))
