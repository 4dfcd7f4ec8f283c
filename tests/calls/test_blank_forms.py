"""Blank forms: every question of a kind is on paper, for everybody, and about nobody."""

import io

import pypdf
import pytest

from grants.calls import blank_forms
from grants.calls.kinds import kinds


@pytest.mark.parametrize("code", kinds())
def test_every_question_is_on_the_form(code):
    kind = kinds()[code]
    context = blank_forms.context(kind, "Programme")
    labels = [field["label"] for section in context["sections"] for field in section["fields"]]
    asked = [field for section in kind.questionnaire.sections for field in section.fields if not field.product_of]
    assert len(labels) == len(asked) and all(labels)
    assert all(field["choices"] or field["columns"] or field["lines"]
               for section in context["sections"] for field in section["fields"])  # fmt: skip


def test_form_is_a_pdf_for_anybody_and_linked_from_the_call(app, client, make_person, browser_of):
    answer = client.get("/calls/forms/livestock.pdf")
    assert answer.status_code == 200 and answer.mimetype == "application/pdf"
    said = " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages).split())
    label = kinds()["livestock"].questionnaire.sections[0].title["fr"].replace("'", "’")
    assert label.replace("\u00a0", " ") in said and "Budget" in said
    assert client.get("/calls/forms/../etc.pdf").status_code == 404
    assert client.get("/calls/forms/unknown.pdf").status_code == 404
