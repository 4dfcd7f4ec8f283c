"""Documents: from plain data to the same bytes each time, or to a message that names what stands in the way."""

import io
import json
import re
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import page
import pikepdf
import pypdf
import pytest

from grants.core.errors import Problems
from grants.documents import contexts, copies, fonts, french, plain, setting
from grants.documents.kinds import KINDS
from grants.documents.rendering import BadContext, RenderingFailed, prepared, render
from grants.documents.sandbox import Press, the_press
from tests.unit.documents import samples

OTHER = {
    page.ValidationProfile.PDF_A_3A: page.ValidationProfile.PDF_UA_1,
    page.ValidationProfile.PDF_UA_1: page.ValidationProfile.PDF_A_3A,
}


def text_of(data):
    return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def spaced(text):
    """The text with every kind and number of spaces as one: what a reader sees, wherever lines break."""
    return " ".join(text.split())


@pytest.fixture(scope="module")
def contract():
    return render("contract", samples.sample("contract"))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_set_with_our_fonts_only_and_says_what_it_is(kind):
    made = render(kind, samples.sample(kind)).reading
    with pikepdf.open(io.BytesIO(made)) as document:
        names = {str(font.BaseFont) for page in document.pages for font in (page.Resources.get("/Font") or {}).values()}
        assert names
        assert all("+Noto-" in name for name in names), names
        assert str(document.Root.Lang) == "fr"
        assert document.Root.MarkInfo.Marked
        with document.open_metadata() as facts:
            assert facts["pdfuaid:part"] == "1"
            assert samples.ALL[kind]["issued"]["reference"] in facts["dc:title"]
    reader = pypdf.PdfReader(io.BytesIO(made))
    for number, leaf in enumerate(reader.pages, 1):
        said = spaced(leaf.extract_text())
        assert f"Page {number} / {len(reader.pages)}" in said
        assert "7KQ4-M2XD-93TA" in said
        assert "9f3c b71e 04aa" in said


def test_same_data_give_the_same_bytes_in_another_press(contract):
    other = Press()
    try:
        encoded = plain.dumps(prepared("contract", samples.sample("contract"))).encode()
        assert other.run("render", encoded, template="contract.html")[1] == contract.archive + contract.reading
    finally:
        other.close()


def test_contract_has_twenty_articles_amounts_in_words_and_letters_of_the_languages(contract):
    said = spaced(text_of(contract.archive))
    for number, title in [(1, "Les parties"), (7, "Versements"), (15, "Violences, protection et plaintes"),
                          (20, "Entrée en vigueur, lecture et signatures")]:  # fmt: skip
        assert f"{number} {title}" in said
    assert "deux millions huit cent cinquante mille francs CFA (2 850 000 F CFA)" in said
    assert "trois millions trois cent quinze mille francs CFA" in said
    assert "Djénéba Ɲaari Kɔnɛ" in said
    assert re.search(r"\d+,\d{5}° N, \d+,\d{5}° O", said)


def test_official_head_and_thumbprint_boxes_are_there(contract):
    said = spaced(text_of(contract.archive))
    assert "République du Mali" in said
    assert "Un Peuple — Un But — Une Foi" in said
    assert said.count("doigt :") == 3
    assert "Témoin 2" in said


def test_contract_that_knows_little_leaves_lines_to_fill_in():
    bare = samples.sample("contract")
    bare["programme"] |= dict.fromkeys(["unit", "address", "phone", "funder", "agreement", "represented_by"])
    bare["group"] |= {"registration": None, "mandate": None}
    bare["group"]["members"] |= {"youth": None, "disabled": None}
    bare["project"] |= {"summary": None, "beneficiaries": None}
    bare["project"]["place"] |= {"latitude": None, "longitude": None, "commune": None}
    bare["decision"] |= {"rank": None, "conditions": []}
    bare["costs"] |= {"cash": 0, "in_kind": 0, "in_kind_valuation": None}
    bare["rules"]["start"] = None
    bare["reading"] |= dict.fromkeys(["place", "on", "reader", "reader_paper"])
    bare["issued"] |= {"journal_seq": None, "journal_head": None, "checkpoint": None, "checkpoint_root": None}
    bare |= {"indicators": [], "witnesses": [], "plan": [], "budget_note": None}
    bare["complaints"] |= dict.fromkeys(["phone", "place", "languages"])
    said = spaced(text_of(render("contract", bare).archive))
    assert "Témoin 2" in said and "None" not in said


@pytest.mark.parametrize("kind", KINDS)
def test_every_name_that_is_missing_is_named(kind):
    context = samples.sample(kind)
    del context["programme"]["name"]
    context["surplus"] = 1
    context["issued"]["on"] = "21 avril 2026"
    with pytest.raises(BadContext) as caught:
        render(kind, context)
    assert "programme.name: missing" in str(caught.value)
    assert "surplus: unknown name" in str(caught.value)
    assert "issued.on: date is needed" in str(caught.value)


def test_a_template_that_asks_for_an_unknown_name_fails_with_that_name():
    context = samples.sample("receipt")
    del context["transaction"]
    with pytest.raises(setting.SettingError, match="'transaction' is undefined"):
        setting.text("receipt.html", context)


@pytest.mark.parametrize("value", [datetime(2026, 4, 21, tzinfo=UTC), object(), {1, 2}, b"x", Path("/")])
def test_only_plain_data_reach_a_template(value):
    context = samples.sample("receipt")
    context["group"]["officers"][1]["name"] = value
    with pytest.raises(BadContext, match=r"group\.officers\[1\]\.name"):
        render("receipt", context)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src='file:///etc/passwd'>",
        "<link rel=attachment href='file:///etc/hostname'>",
        "</style><style>@import 'http://127.0.0.1:9/x.css';</style>",
        "{{ issued.__class__.__mro__ }}{% include '/etc/passwd' %}",
    ],
)
def test_what_people_wrote_is_text_and_nothing_else(hostile):
    context = samples.sample("receipt")
    context["group"]["name"] = hostile
    made = render("receipt", context).reading
    assert "".join(hostile.split()) in "".join(text_of(made).replace("\u2019", "'").split()).replace("-", "-")
    with pikepdf.open(io.BytesIO(made)) as document:
        assert "/EmbeddedFiles" not in (document.Root.get("/Names") or {})


@pytest.mark.parametrize(
    "address", ["file:///etc/hostname", "http://127.0.0.1:9/", "https://127.0.0.1:9/", "ftp://x/y"]
)
def test_nothing_is_fetched(address):
    with pytest.raises(ValueError, match="disallowed protocol"):
        copies.fetcher().fetch(address)


@pytest.mark.parametrize(
    ("sign", "named"), [("\x07", "U+0007"), ("\u202e", "U+202E"), ("\u2066", "U+2066"), ("漢", "“漢”"), ("🐑", "“🐑”")]
)
def test_signs_that_cannot_be_printed_are_refused_with_their_place(sign, named):
    context = samples.sample("receipt")
    context["group"]["officers"][2]["name"] = f"Kɔnɛ {sign}"
    with pytest.raises(Problems) as caught:
        render("receipt", context)
    assert "group.officers[2].name" in str(caught.value)
    assert named in str(caught.value)


def test_names_in_nko_and_arabic_and_arrows_are_set():
    context = samples.sample("receipt")
    context["group"]["officers"][2]["name"] = "ߞߐߣߍ عبد الله → ≥ 3"
    assert "→" in text_of(render("receipt", context).reading)


def test_fonts_have_the_letters_of_the_languages_and_the_spaces_of_amounts():
    assert fonts.not_drawn("ɛ ɔ ɲ ŋ Ɛ Ɔ Ɲ Ŋ ɓ ɗ ƴ\u00a0\u202f→ ² ° ’ « » – — œ") == []
    assert fonts.not_drawn("漢a漢") == ["漢"]


def test_a_press_with_threads_gives_each_child_a_map_of_fonts_of_its_own(monkeypatch):
    """As Pango starts one from 1.52 on: a child that went on with its parent’s map would wait for it until it is killed."""
    threaded = """
import os, threading, time
from grants.documents import copies, press
taken = copies.take_fonts_anew
copies.take_fonts_anew = lambda: (open(os.environ["TMPDIR"] + "/taken", "w").close(), taken())
threading.Thread(target=time.sleep, args=(99,), daemon=True).start()
press.main()
"""
    start = subprocess.Popen
    monkeypatch.setattr(
        "grants.documents.sandbox.subprocess.Popen", lambda line, **more: start([line[0], "-c", threaded], **more)
    )
    press = Press()
    try:
        made = render("receipt", samples.sample("receipt"), press=press)
        assert Path(press.folder, "taken").exists()
        assert made == render("receipt", samples.sample("receipt"))
    finally:
        press.close()


def test_press_knows_no_secret(monkeypatch):
    monkeypatch.setenv("BENKAN_SECRET_KEY", "very secret")
    press = Press()
    try:
        press.run("render", plain.dumps(samples.sample("receipt")).encode(), template="receipt.html")
        known = Path(f"/proc/{press.process.pid}/environ").read_bytes()
        assert b"SECRET" not in known
        assert b"FONTCONFIG_FILE" in known
    finally:
        press.close()


def test_press_that_dies_is_replaced():
    render("receipt", samples.sample("receipt"))
    the_press.process.kill()
    the_press.process.wait()
    assert render("receipt", samples.sample("receipt")).archive.startswith(b"%PDF-")


def test_day_and_number_are_written_the_french_way():
    assert french.day(date(2026, 4, 1)) == "1er avril 2026"
    assert french.day(date(2026, 4, 21)) == "21 avril 2026"
    assert french.letters(9) == "neuf"


def test_plain_data_survive_the_way_to_the_press_and_give_one_fingerprint():
    context = samples.sample("contract")
    assert plain.loads(plain.dumps(context)) == context
    other = dict(reversed(context.items()))
    assert plain.fingerprint("contract", "1.0", context) == plain.fingerprint("contract", "1.0", other)
    other["originals"] = 4
    assert plain.fingerprint("contract", "1.0", context) != plain.fingerprint("contract", "1.0", other)


def test_samples_fit_their_schemas():
    for kind, context in samples.ALL.items():
        assert contexts.faults(KINDS[kind].schema, context) == []


@pytest.mark.parametrize("kind", KINDS)
def test_both_copies_keep_the_rules_that_they_claim(kind, tmp_path):
    made = render(kind, samples.sample(kind))
    for name, data, profile in [("archive", made.archive, page.ValidationProfile.PDF_A_3A),
                                ("reading", made.reading, page.ValidationProfile.PDF_UA_1)]:  # fmt: skip
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(data)
        report = page.validate_pdf(path, profile=profile)
        assert report.is_compliant, [(one.rule_id, one.message) for one in report.failures]
        assert not page.validate_pdf(path, profile=OTHER[profile]).is_compliant
        checked = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout
        listed = subprocess.run(["pdffonts", path], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
        assert listed and all("Noto-" in line for line in listed)
        said = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
        assert samples.ALL[kind]["issued"]["reference"] in said


def test_archive_copy_carries_the_data_from_which_its_fingerprint_follows(contract):
    with pikepdf.open(io.BytesIO(contract.archive)) as document:
        (attached,) = document.Root.AF
        assert str(attached.AFRelationship) == "/Data"
        data = json.loads(document.attachments["donnees.json"].get_file().read_bytes())
    assert data["kind"] == "contract" and data["version"] == samples.ISSUED["template_version"]
    assert plain.loads(json.dumps(data["data"])) == samples.sample("contract")
    with pikepdf.open(io.BytesIO(contract.reading)) as document:
        assert not document.attachments
        assert "/AF" not in document.Root


def test_what_needs_no_rare_font_is_set_without_and_looks_for_them_otherwise():
    assert fonts.needed(fonts.signs("Bɛnkan 1\u202f500\u00a0F\u202fCFA, œuvre")) == ()
    assert fonts.needed(fonts.signs("ߞߐߣߍ ≥")) == ("Noto Sans NKo", "Noto Sans Math")


def test_four_hundred_lines_of_budget_are_set_whole():
    context = samples.sample("contract")
    line = context["budget"][0]
    context["budget"] = [{**line, "label": f"Ligne {number}"} for number in range(1, 401)]
    said = spaced(text_of(render("contract", context).reading))
    assert all(f"Ligne {number} " in said for number in (1, 200, 400))


def test_ten_megabytes_of_text_are_refused_and_the_press_goes_on():
    context = samples.sample("receipt")
    context["group"]["name"] = "Association des femmes " * 450_000
    press = Press(most_cpu=2)
    with pytest.raises(RenderingFailed, match="too_heavy"):
        render("receipt", context, press=press)
    assert render("receipt", samples.sample("receipt"), press=press).archive.startswith(b"%PDF-")
    press.close()
