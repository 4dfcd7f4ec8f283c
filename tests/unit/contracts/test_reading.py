"""Texts that people write: what is taken, and what is refused with its place."""

import pytest

from grants.calls.kinds import kinds
from grants.contracts.clauses import setting
from grants.contracts.clauses.difference import difference
from grants.contracts.clauses.parts import parts
from grants.contracts.clauses.reading import LONGEST, names_in, normal, read
from grants.contracts.clauses.setting import blocks


def faults(text: str) -> list[str]:
    return [str(fault) for fault in read(text)[1]]


def words(found: list[dict]) -> str:
    return "".join(run["text"] for block in found for run in block["runs"])


@pytest.mark.parametrize("code", list(parts()))
def test_the_shipped_texts_are_sound_and_name_what_they_must(code):
    part = parts()[code]
    nodes, found = read(part.text)
    assert found == [] and names_in(nodes) >= set(part.needs)


# What a contract of each kind must speak of; the French words as an official writes them.
SPOKEN_OF = {
    "livestock": ("vacciner", "certificat de bonne santé", "vétérinaire", "registre du troupeau", "constat"),
    "moto_taxi": ("carte grise", "assurance", "permis", "casque", "contrat écrit", "entretien"),
    "commerce": ("inventai", "cahier de caisse", "crédit", "fonds de roulement", "prix"),
    "crafts": ("apprenti", "registre", "produits chimiques", "eaux de teinture", "barème"),
    "food_processing": ("hygiène", "garanti", "carters", "fonds d’entretien", "réception"),
    "water_point": ("essai de pompage", "analyse", "comité de gestion", "forage négatif", "réception définitive"),
}


def test_each_kind_has_provisions_on_what_goes_wrong_with_it():
    assert set(SPOKEN_OF) == set(kinds())
    for code, words in SPOKEN_OF.items():
        said = " ".join(kinds()[code].clauses)
        assert len(kinds()[code].clauses) >= 7
        assert [word for word in words if word not in said] == []


def test_there_are_twenty_articles_in_their_order():
    numbered = [part.number for part in parts().values() if part.number]
    assert numbered == list(range(1, 21)) and list(parts())[-1] == "special"


@pytest.mark.parametrize(
    "text",
    [
        "{{ config }}",
        "{% include '/etc/passwd' %}",
        "{# note #}",
        "{group.__class__.__mro__}",
        "{group.name.upper()}",
        "{group.name|safe}",
        "{''.__class__}",
        "{0}",
        "{group.name!r}",
        "{for x in range(9)}a{end}",
        "{for x in group.officers}{x.__class__}{end}",
        "{if 1 == 1}a{end}",
        "{table passwd}",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<!-- note -->",
        "![carte](file:///etc/passwd)",
        "[ici](https://example.org)",
        "Voir file:///etc/passwd",
        "Voir http://169.254.169.254/latest",
        "javascript:alert(1)",
        "data:text/html,x",
        "{if rules.start}jamais fermé",
        "{end}",
        "{else}",
        "{group.name",
        "group.name}",
        "un\u202etxet",
        "un\x00deux",
        "un\ue0000\ue001",
        "x" * (LONGEST + 1),
        "x" * 10_000_000,
    ],
)
def test_what_is_no_text_of_a_contract_is_refused(text):
    assert faults(text)


def test_a_fault_names_its_line_its_column_and_the_nearest_name():
    (fault,) = read("Bonjour.\n\nLe groupe {group.nmae} signe.")[1]
    assert (fault.line, fault.column) == (3, 11)
    assert "{group.name}" in fault.message
    (fault,) = read("{for o in group.officers}{o.nom}{end}")[1]
    assert fault.column == 26 and "o.nom" in fault.message


def test_all_faults_are_told_at_once():
    found = read("{a.b} <b>gras</b>\n{{ x }} {c.d}")[1]
    assert [(fault.line, fault.column) for fault in found] == [(1, 1), (1, 7), (1, 14), (2, 1), (2, 6), (2, 9)]


def test_what_a_file_says_makes_no_marks_and_no_code():
    said = {"project.title": "- {group.name}\n1. **faux** <b>", "group.officers": []}
    nodes, found = read("Le titre est « {project.title} ».")
    made = blocks(nodes, said, article=4)
    assert found == [] and [block["kind"] for block in made] == ["p"]
    assert "- {group.name} 1. **faux** <b>" in words(made)


def test_loops_conditions_and_lines_to_fill_in():
    text = "{for o in group.officers}\n- {o.name}{if o.paper}, {o.paper}{else}, pièce {o.paper}{end} ;\n{end}"
    officers = [{"name": "Awa", "paper": "NINA 1"}, {"name": "Issa", "paper": None}]
    nodes, found = read(text)
    (block,) = blocks(nodes, {"group.officers": officers}, article=1)
    assert found == [] and block["kind"] == "bullets" and len(block["items"]) == 2
    first, second = block["items"]
    assert first["runs"] == [{"text": "Awa, NINA 1\u00a0;", "look": ""}]
    assert [run["look"] for run in second["runs"]] == ["", "fill", ""]


def test_points_go_on_through_an_article_and_letters_begin_anew():
    nodes, _faults = read("1. un\n1. deux\n\nTexte\n\n1. trois\n\na) x\nb) y\n\nTexte\n\na) z")
    marks = [[item["mark"] for item in block["items"]] for block in blocks(nodes, {}, article=8) if block["items"]]
    assert marks == [["8.1", "8.2"], ["8.3"], ["a)", "b)"], ["a)"]]


def test_a_list_that_would_fill_a_book_is_stopped():
    nodes, _faults = read("{for o in group.officers}" + "mot " * 4000 + "{end}")
    with pytest.raises(setting.TooLong):
        blocks(nodes, {"group.officers": [{"name": "x"}] * 400}, article=1)


def test_bold_and_french_spaces():
    nodes, _faults = read("Un coût de **{costs.grant.words}** : 15 jours, l'an ; 80 %")
    (block,) = blocks(nodes, {"costs.grant.words": "un million de francs CFA"}, article=6)
    assert [run["look"] for run in block["runs"]] == ["", "bold", ""]
    assert words([block]) == "Un coût de un million de francs CFA\u00a0: 15\u00a0jours, l’an\u00a0; 80\u00a0%"


def test_a_text_is_kept_in_one_form():
    assert normal("e\u0301\r\nb  \r\n") == "é\nb"


def test_the_difference_is_told_in_words():
    lines = difference("Le délai est de 15 jours.\nFin", "Le délai est de 20 jours.\nMilieu\nFin")
    assert ("gone", "15") in lines[0] and ("new", "20") in lines[0]
    assert lines[1] == [("new", "Milieu")] and lines[2] == [("same", "Fin")]
