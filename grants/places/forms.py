"""Input about places."""

from flask_babel import lazy_gettext as _l
from wtforms import MultipleFileField
from wtforms.validators import Length

from grants.core.forms import Form, Required, StringField


class ListsField(MultipleFileField):
    """The CSV files of a list of places, or one zip file that holds them."""

    accept = ".csv,.zip"
    several = True

    def contents(self) -> list[tuple[str, bytes]]:
        """Name and bytes of each file that was chosen."""
        return [(file.filename, file.read()) for file in self.data or [] if getattr(file, "filename", "")]


class SearchForm(Form):
    """A place as somebody types its name."""

    class Meta(Form.Meta):
        csrf = False  # reading only

    q = StringField(_l("Name or code of a place"), description=_l("For example: Konna, or Benkadi, Sikasso"))


class ImportForm(Form):
    """An official list to be looked at before it is taken over."""

    edition = StringField(
        _l("Edition"),
        [Required(), Length(max=20)],
        description=_l("The year of the division of the country, for example 2023."),
    )
    source = StringField(
        _l("Source"), [Required(), Length(max=400)], description=_l("Who publishes the list, and when.")
    )
    licence = StringField(_l("Licence"), [Length(max=120)])
    files = ListsField(
        _l("Files of the list"),
        description=_l("regions.csv, cercles.csv, arrondissements.csv, communes.csv, or one zip file that holds them."),
    )
