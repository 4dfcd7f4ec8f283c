"""The scan of the signed paper: every page is there, once, and of this contract; what cannot be read is stated by a person."""

import io
import subprocess

import pypdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from sqlalchemy.exc import DatabaseError

from grants.contracts import queries
from grants.contracts.models import Contract
from grants.contracts.operations import file_scan, state_page
from grants.core import clock
from grants.core.database import db
from grants.core.errors import NotFound, Problems, Refused
from grants.core.references import new_uuid
from grants.core.unit_of_work import unit_of_work
from grants.core.uploads import Upload
from grants.documents import storage
from grants.documents.checking import Examined
from tests.stories import life
from tests.stories.appraisal import recommended
from tests.stories.committee import awarded
from tests.stories.groups import verified_group
from tests.stories.projects import submitted, upload
from tests.stories.rows import again

pytestmark = pytest.mark.stands("issued")


def live(project):
    return queries.live(again(project))


def fields(found) -> list[str]:
    return [problem.field for problem in found.value.problems]


def photo_of(data: bytes, name: str) -> Upload:
    examined = Examined(kind="photo", mime="image/jpeg", sha256="", data=data, name=name)
    return Upload(new_uuid(), name, "image/jpeg", len(data), examined)


def pictures(contract, *, blind=(), only=None) -> list[Upload]:
    """The pages as photos of a telephone: turned a little, soft; the code of `blind` pages is covered."""
    pdf = pypdfium2.PdfDocument(storage.get(contract.document.sha256))
    made = []
    for number in only or range(1, len(pdf) + 1):
        picture = pdf[number - 1].render(scale=2.2).to_pil().convert("L")
        if number in blind:
            # Over every code of the page, the large one of the first page too.
            picture.paste(255, (0, int(picture.height * 0.85), picture.width, picture.height))
            picture.paste(255, (picture.width // 2, 0, picture.width, picture.height // 2))
        out = io.BytesIO()
        picture.rotate(2, fillcolor=200, expand=True).save(out, "JPEG", quality=60)
        made.append(photo_of(out.getvalue(), f"page{number}.jpg"))
    return made


def cut(contract, *pages: int) -> Upload:
    """Some pages of the print as a PDF, in this order."""
    source = pypdf.PdfReader(io.BytesIO(storage.get(contract.document.sha256)))
    writer, out = pypdf.PdfWriter(), io.BytesIO()
    for number in pages:
        writer.add_page(source.pages[number - 1])
    writer.write(out)
    return upload("scan.pdf", out.getvalue())


@pytest.fixture
def signed(people, project):
    return life.signed(people, project)


def test_photos_of_the_pages_are_recognised_in_any_order(people, signed):
    contract = live(signed)
    life.filed(people, signed, *reversed(pictures(contract)))
    pages = live(signed).scan_pages
    assert [one.page for one in pages] == list(range(contract.pages, 0, -1))
    assert all(one.read_by_machine for one in pages)
    life.act_on_contract(people.coordinator, signed, "bring_into_force")
    with pytest.raises(Refused):
        life.filed(people, signed)


def test_a_page_missing_or_there_twice_is_named(people, signed):
    contract = live(signed)
    every = list(range(1, contract.pages + 1))
    with pytest.raises(Problems) as found:
        life.filed(people, signed, cut(contract, *every[:2], *every[3:]))
    assert "3" in str(found.value)
    with pytest.raises(Problems) as found:
        life.filed(people, signed, cut(contract, *every[:-1], 2))
    said = str(found.value)
    assert "2" in said and str(contract.pages) in said
    with pytest.raises(Problems):
        life.filed(people, signed, cut(contract, *every, 1))
    assert live(signed).scan_id is None


def test_the_paper_of_another_contract_is_refused(people, signed):
    group = verified_group(people.agent, people.appraisers[0])
    file = submitted(people.agent, group, again(signed).call, "commerce")
    other = life.issued(people, awarded(recommended(file, people.appraisers)))
    with pytest.raises(Problems, match=live(other).document.code):
        life.filed(people, signed, life.paper_of(live(other)))


def test_a_file_that_shows_no_page_is_refused(people, signed):
    with pytest.raises(Problems):
        life.filed(people, signed, upload("faux.pdf"))


def test_a_page_that_cannot_be_read_is_stated_by_another_person_with_a_reason(people, signed):
    contract = live(signed)
    life.filed(people, signed, *pictures(contract, blind=(2,)))
    row = next(one for one in live(signed).scan_pages if one.page is None)
    assert row.position == 2
    with pytest.raises(Refused):
        life.act_on_contract(people.coordinator, signed, "bring_into_force")
    for wrong, field in (
        ({"page": 1, "reason": "x"}, "page"),
        ({"page": 2, "reason": " "}, "reason"),
        ({"page": 99, "reason": "x"}, "page"),
    ):
        with pytest.raises(Problems) as found, unit_of_work():
            state_page(live(signed), 2, by=again(people.coordinator), **wrong)
        assert fields(found) == [field]
    with pytest.raises((Refused, NotFound)), unit_of_work():
        state_page(live(signed), 2, page=2, reason="Je la reconnais", by=again(people.agent))
    with unit_of_work():
        state_page(
            live(signed), 2, page=2, reason="Article 3 lisible, code sous le cachet", by=again(people.coordinator)
        )
    life.act_on_contract(people.coordinator, signed, "bring_into_force")
    assert again(signed).step == "contribution"


def test_who_filed_a_scan_does_not_state_its_pages(people, signed):
    with unit_of_work():
        file_scan(live(signed), pictures(live(signed), blind=(1,)), by=again(people.coordinator))
    with pytest.raises(Refused), unit_of_work():
        state_page(live(signed), 1, page=1, reason="Vue", by=again(people.coordinator))


def test_the_database_itself_refuses_a_paper_with_a_page_missing(people, signed):
    contract = live(signed)
    life.filed(people, signed, *pictures(contract, blind=(2,)))
    with pytest.raises(DatabaseError, match="missing"), unit_of_work():
        db.session.execute(
            db.update(Contract)
            .where(Contract.id == contract.id)
            .values(in_force_at=clock.now(), registered_by_id=people.coordinator.id)
        )


def test_codes_stand_on_every_page_and_can_be_read_with_a_telephone(people, project, tmp_path):
    contract = live(project)
    path = tmp_path / "contract.pdf"
    path.write_bytes(storage.get(contract.document.sha256))
    subprocess.run(["pdftoppm", "-r", "110", "-png", path, tmp_path / "p"], check=True)
    found = set()
    for picture in sorted(tmp_path.glob("p-*.png")):
        with Image.open(picture) as page:
            found |= {code.text.rpartition("?p=")[2] for code in zxingcpp.read_barcodes(page) if "?p=" in code.text}
    assert found == {str(number) for number in range(1, contract.pages + 1)}
