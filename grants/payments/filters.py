"""What narrows the lists of payments; read from the address."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.core.forms import HiddenField, SelectField, StringField, SubForm, choices
from grants.core.texts import pick
from grants.lifecycle.versions import definition_of, newest
from grants.payments import worklist
from grants.payments.models import PaymentOrder
from grants.places.queries import regions


class FilterForm(SubForm):
    """Text, region and step. A GET form, so it has no token."""

    view = HiddenField()
    q = StringField(_l("Group or reference"))
    place = SelectField(_l("Region"), validate_choice=False)
    step = SelectField(_l("Step"), validate_choice=False)

    @classmethod
    def read(cls, args, view: str) -> "FilterForm":
        """The filters of an address, with the choices of one view."""
        form = cls(args)
        form.view.data = view
        form.place.choices = choices([("", _("All regions")), *((place.code, place.name) for place in regions())])
        steps = {"waiting": worklist.UNDER_WAY, "paid": worklist.PAID}.get(view, ())
        if steps:
            definition = definition_of(PaymentOrder(workflow_version_id=newest("payment_order").id))
            words = [(code, pick(definition.place(code).label)) for code in steps]
            form.step.choices = choices([("", _("All steps")), *words])
        else:
            del form.step
        return form

    def filters(self) -> worklist.Filters:
        step = self._fields.get("step")
        return worklist.Filters(
            q=self.q.data or "", place=self.place.data or "", step=(step.data or "") if step is not None else ""
        )
