"""Places: the base that comes with the program, official lists whole or not at all, finding a place by name."""

import shutil
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from grants import journal
from grants.core import clock
from grants.core.database import db
from grants.core.errors import NotFound, Problems, Refused
from grants.core.unit_of_work import unit_of_work
from grants.places import official, operations, queries
from grants.places.models import Place, PlaceEdition

BAMAKO = ("Ier", "IIe", "IIIe", "IVe", "Ve", "VIe", "VIIe")
LISTS = {
    "arrondissements.csv": "code,nom,code_cercle,code_region\n"
    "050501,Konna,0505,05\n160101,Benkadi,1601,16\n150101,Kokélé,1501,15\n"
    + "".join(f"000{number},{rank} arrondissement,,00\n" for number, rank in enumerate(BAMAKO, start=1)),
    "communes.csv": "code,nom,code_arrondissement\n05050101,Konna,050501\n16010101,Benkadi,160101\n15010101,Benkadi,150101\n",
}


def listing(**changes: str) -> official.Listing:
    """The small lists above, with the texts of some files replaced."""
    texts = LISTS | {name.replace("_", "."): text for name, text in changes.items()}
    return official.read_files({name: text.encode() for name, text in texts.items()})


def take(**changes: str) -> operations.Report:
    with unit_of_work():
        return operations.import_official(listing(**changes), edition="2023", source="JO")


def count() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Place))


def test_every_installation_has_the_regions_and_cercles(app):
    kinds = queries.counts()["2023"]
    assert kinds == {"region": 19, "district": 1, "cercle": 159, "arrondissement": 7}
    assert queries.current_edition().code == "2023"
    assert [region.code for region in queries.regions()] == [f"{number:02d}" for number in range(20)]


def test_installing_again_changes_nothing(app):
    with unit_of_work():
        assert operations.install_base().changes == 0
    assert count() == 186


def test_installing_again_keeps_the_names_of_an_imported_list(app):
    with unit_of_work():
        files = {"regions.csv": b"code,nom\n05,Mopti-Ville\n"}
        db.session.execute(sa.update(Place).where(Place.code == "05").values(name="Mopti-Ville"))
        assert operations.rehearse_import(official.read_files(files), edition="2023").unchanged == 1
    with unit_of_work():
        operations.install_base()
    assert queries.get("05").name == "Mopti-Ville"


def test_a_list_is_imported_under_what_is_there(app):
    report = take()
    assert len(report.added) == 6
    assert queries.get("05050101").parent.name == "Konna"
    assert [place.code for place in queries.ancestors("05050101")] == ["05", "0505", "050501"]
    assert journal.last_event(queries.current_edition()).action == "import"


def test_importing_again_changes_nothing(app):
    take()
    edition = queries.current_edition()
    events = len(journal.history(edition))
    assert take().changes == 0
    assert len(journal.history(edition)) == events


def test_rehearsal_tells_and_does_nothing(app):
    report = operations.rehearse_import(listing(), edition="2023")
    assert len(report.added) == 6
    assert count() == 186


def test_a_renamed_place_is_still_found_by_its_old_name(app):
    take()
    report = take(communes_csv=LISTS["communes.csv"].replace("05050101,Konna", "05050101,Konna-Ouro"))
    assert report.renamed == [("05050101", "Konna", "Konna-Ouro")]
    assert "05050101" in [place.code for place in queries.search("Konna", kinds=["commune"])]


def test_a_place_that_is_gone_becomes_obsolete_and_may_come_back(app):
    take()
    with clock.at(datetime(2026, 5, 4, 9, tzinfo=UTC)):
        report = take(communes_csv="code,nom\n16010101,Benkadi\n15010101,Benkadi\n")
    assert report.obsolete == [("05050101", "Konna")]
    gone = queries.get("05050101")
    assert str(gone.obsolete_since) == "2026-05-04"
    assert queries.children("050501") == []
    assert len(take().revived) == 1
    assert queries.get("05050101").obsolete_since is None


def test_a_file_that_is_absent_says_nothing_about_its_kind(app):
    take()
    only = official.read_files({"communes.csv": LISTS["communes.csv"].encode()})
    assert operations.rehearse_import(only, edition="2023").obsolete == []


def test_every_fault_is_reported_with_file_and_row_and_nothing_is_done(app):
    before = count()
    with pytest.raises(Problems) as refusal:
        take(
            communes_csv="code,nom,code_arrondissement\n05050101,Konna,050501\n05050101,Konna encore,050501\n"
            "0505,Trop court,050501\n06060606,Orpheline,060606\n05050102,,050501\n05050103,Ailleurs,050502\n00010101,Commune I,\n"
            "0505010x,Lettre,050501\n05050104\n"
        )
    faults = [str(problem).split(": ")[0] for problem in refusal.value.problems]
    assert sorted(faults) == [f"communes.csv:{row}" for row in (10, 3, 4, 5, 6, 7, 8, 9)]
    assert count() == before


def test_a_new_edition_waits_until_it_is_made_current(app, make_person):
    admin = make_person("admin")
    with unit_of_work():
        operations.import_official(
            official.read_files({"regions.csv": b"code,nom\n05,Mopti la neuve\n"}), edition="2030", by=admin
        )
    assert queries.current_edition().code == "2023"
    assert queries.get("05").name == "Mopti"
    with unit_of_work():
        operations.make_current("2030", by=admin)
    assert queries.get("05").name == "Mopti la neuve"
    # Files that name a place of an older edition still find it.
    assert queries.get("0505").name == "Konna"
    assert queries.by_code("9999") is None


def test_the_database_keeps_one_edition_current(app):
    with pytest.raises(sa.exc.IntegrityError), unit_of_work() as session:
        session.add(PlaceEdition(code="x", label="x", source="", licence="", imported_at=clock.now(), current=True))


@pytest.mark.parametrize(
    ("code", "kind", "parent"),
    [
        ("0505", "commune", "05"),
        ("05050101", "commune", "04"),
        ("99", "village", None),
        ("00010101", "commune", "000101"),
    ],
)
def test_the_database_refuses_codes_that_do_not_fit(app, code, kind, parent):
    with pytest.raises(sa.exc.IntegrityError), unit_of_work() as session:
        session.add(Place(edition="2023", code=code, kind=kind, name="x", parent_code=parent, aliases=[], search="|x|"))


def test_only_an_administrator_imports(app, make_person):
    agent = make_person("agent", place="05")
    for act in (operations.rehearse_import, operations.import_official):
        with pytest.raises(Refused):
            act(listing(), edition="2023", by=agent)
    with pytest.raises(Refused):
        operations.make_current("2023", by=agent)


def test_labels_tell_homonyms_apart(app):
    take()
    with app.test_request_context(headers={"Accept-Language": "en"}):
        labels = queries.labels(queries.search("benkadi", kinds=["commune"]))
    assert sorted(labels) == ["15010101", "16010101"]
    assert len(set(labels.values())) == 2
    assert all("Benkadi" in label for label in labels.values())
    assert "Bougouni" in labels["15010101"]
    assert "Koutiala" in labels["16010101"]


@pytest.mark.parametrize("typed", ["konna", "KONNA", "  Konna ", "commune de Konna", "cercle de konna"])
def test_search_does_not_mind_case_accents_and_rank(app, typed):
    take()
    assert {place.code for place in queries.search(typed)} == {"0505", "050501", "05050101"}


def test_search_forgives_a_slip_and_takes_codes(app):
    assert [place.name for place in queries.search("Tominiann")][:1] == ["Tominian"]
    assert [place.code for place in queries.search("0505")] == ["0505"]
    assert [place.name for place in queries.search("soumpi", kinds=["cercle"])] == ["Niafunké"]
    assert queries.search("  ") == []
    assert queries.search("%") == []


def test_search_within_what_stands_after_the_comma(app):
    take()
    assert [place.code for place in queries.search("Benkadi, Koutiala", kinds=["commune"])] == ["16010101"]


def test_bamako_has_arrondissements_and_no_communes(app):
    take()
    assert [place.code for place in queries.children("00")] == [f"000{number}" for number in range(1, 8)]
    assert [place.code for place in queries.communes("00")] == [f"000{number}" for number in range(1, 8)]
    assert queries.get("0004").kind == "arrondissement"


def test_under_is_a_place_and_all_that_lies_in_it(app):
    take()
    codes = set(db.session.scalars(sa.select(Place.code).where(queries.under("0505"))))
    assert codes == {"0505", "050501", "05050101"}
    with pytest.raises(ValueError):
        queries.under("05%")


def test_labels_cost_the_same_for_many_places(app, count_queries):
    take()
    few, many = (
        queries.search("konna", kinds=["commune"]),
        queries.children("05") + queries.children("06") + queries.regions(),
    )
    with count_queries() as first:
        queries.labels(few)
        few_cost = first()
    with count_queries() as second:
        queries.labels(many)
        assert second() == few_cost


def test_unknown_places_are_not_found(app):
    with pytest.raises(NotFound):
        queries.get("9999")


def test_the_command_line_imports_a_folder(app, tmp_path):
    for name, text in LISTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    run = app.test_cli_runner().invoke
    assert "6 added" in run(args=["places", "rehearse", str(tmp_path), "--edition", "2023"]).output
    assert count() == 186
    db.session.rollback()
    result = run(args=["places", "import", str(tmp_path), "--edition", "2023"])
    assert (result.exit_code, "6 added" in result.output) == (0, True)
    (tmp_path / "communes.csv").write_text("code,nom\n1,x\n", encoding="utf-8")
    result = run(args=["places", "import", str(tmp_path), "--edition", "2023"])
    assert result.exit_code == 1
    assert "communes.csv:2" in result.stderr
    assert count() == 192


@pytest.fixture
def real_lists():
    folder = official.DATA.parents[2].parent / "shared" / "data" / "mali-admin"
    if not folder.is_dir():
        pytest.skip(f"the official lists are not beside the project ({folder.name} is absent)")
    return folder


def test_the_whole_official_list_is_taken_over(app, real_lists, tmp_path):
    folder = shutil.copytree(real_lists, tmp_path / "lists")
    with unit_of_work():
        report = operations.import_official(official.read_folder(folder), edition="2023")
    assert report.renamed == []
    assert queries.counts()["2023"] == {
        "region": 19,
        "district": 1,
        "cercle": 159,
        "arrondissement": 481,
        "commune": 814,
    }
    with unit_of_work():
        assert operations.import_official(official.read_folder(folder), edition="2023").changes == 0
    assert len(queries.search("Benkadi", kinds=["commune"])) >= 3
    assert len(queries.communes("05")) > 30
