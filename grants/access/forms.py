"""The shape of what people give to sign in and to be administered."""

import functools

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from grants.access import delegation, identity, territory
from grants.access.gate import current_person
from grants.access.labels import role_label
from grants.access.rights import ROLES
from grants.core import clock
from grants.core.errors import Problems
from grants.core.forms import (
    DayField,
    Form,
    HiddenField,
    PasswordField,
    PhoneField,
    RadioField,
    Required,
    SelectField,
    SelectMultipleField,
    StringField,
    SubForm,
    TextAreaField,
    choices,
)
from grants.core.language import LANGUAGES


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
            raise ValidationError(_("The two are not the same."))


class ChangePasswordForm(PasswordForm):
    """Change one's own password, with the present one."""

    present = PasswordField(_l("Present password"), [Required()], render_kw={"autocomplete": "current-password"})


class ActivationForm(PasswordForm):
    """Use a one-time code to choose a password."""

    code = StringField(_l("Activation code"), [Required()], description=_l("The administrator gave it to you."))


def own_password() -> PasswordField:
    """The field in which somebody types their own password again."""
    return PasswordField(
        _l("Your password"),
        [Required(_l("Type your password: it confirms that it is you."))],
        description=_l("Asked each time that this is done, so that nobody does it from a screen that you left open."),
        render_kw={"autocomplete": "current-password"},
    )


class IdentityForm(Form):
    """One's own password, typed again for an act that asks for it.

    Say by `confirms` what it is typed for before the form is validated; `confirmation` is there once it was right. The
    password goes no further than this form: it is not among `values`.
    """

    password = own_password()
    confirmation: identity.Confirmation | None = None
    _about: tuple = ("", ())

    @classmethod
    @functools.cache
    def added_to(cls, form: type[Form]) -> type[Form]:
        """A form that asks the password after all that another form asks."""
        if issubclass(form, cls):
            return form
        return type(f"Confirmed{form.__name__}", (cls, form), {"password": own_password()})

    def confirms(self, action: str, *subjects) -> None:
        """What the password is typed for: an act and the subjects that were on the screen."""
        self._about = (action, subjects)

    def validate_password(self, field):
        action, subjects = self._about
        try:
            self.confirmation = identity.confirm(
                current_person(), field.data, action=action, subjects=subjects, address=request.remote_addr or ""
            )
        except Problems as found:
            raise ValidationError(str(found)) from None

    def values(self) -> dict:
        return {name: value for name, value in super().values().items() if name != "password"}


class PersonForm(Form):
    """Who somebody is, and how they sign in."""

    name = StringField(_l("Name"), [Required()], render_kw={"autocomplete": "off"})
    email = StringField(_l("E-mail address"), description=_l("It serves to sign in."), render_kw={"inputmode": "email"})
    phone = PhoneField(_l("Telephone"), description=_l("It serves to sign in too, such as 66 71 23 45."))
    locale = RadioField(_l("Language of the screens"), choices=choices(LANGUAGES), default="fr")


class PeopleFilter(SubForm):
    """What narrows the list of people. A GET form, so it has no token."""

    q = StringField(_l("Name, address or number"))
    role = SelectField(_l("Role"), validate_choice=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.role.choices = choices([("", _("All roles")), *((role, role_label(role)) for role in ROLES)])


class RoleForm(Form):
    """A role in a territory, from a day and until a day."""

    role = SelectField(_l("Role"))
    place_code = SelectField(_l("Territory"))
    valid_from = DayField(_l("From"), default=clock.today)
    valid_until = DayField(_l("Until"), description=_l("Leave empty where the role has no end."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.role.choices = choices((role, role_label(role)) for role in ROLES)
        self.place_code.choices = choices([("", _("Whole programme")), *territory.choices()])


class DelegationForm(Form):
    """Lend roles for some days."""

    receiver = SelectField(_l("Who stands in"))
    roles = SelectMultipleField(_l("Roles lent"))
    place_code = SelectField(_l("Territory"))
    valid_from = DayField(_l("From"), [Required()], default=clock.today)
    valid_until = DayField(_l("Last day"), [Required()])
    reason = TextAreaField(_l("Why"), [Required()], description=_l("Leave, mission, illness…"))

    @classmethod
    def of(cls, giver) -> "DelegationForm":
        """The form with what this person may lend, and to whom."""
        form = cls()
        form.receiver.choices = choices([("", _("Choose…")), *delegation.colleagues(giver)])
        form.roles.choices = [(role, role_label(role)) for role in delegation.lendable(giver)]
        form.place_code.choices = choices([("", _("Wherever the giver holds them")), *territory.choices()])
        return form


class SavedViewForm(Form):
    """Keep the filters of a list under a name."""

    name = StringField(
        _l("Name of the view"),
        [Required()],
        description=_l("For example: “Late in Gao”."),
        render_kw={"maxlength": 40},
    )
    list = HiddenField()
    query = HiddenField()
