"""The drawing is well-formed, complete, and its texts neither leave their card nor meet."""

import itertools
import re
from xml.etree import ElementTree as ET

import pytest

from grants.workflow import draw, load, table
from grants.workflow.layout import CARD, LANE, arrange

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def texts(svg: str) -> str:
    return " ".join(element.text for element in parsed(svg).iter(f"{SVG}text"))


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_every_step_action_and_end_is_drawn(shipped, locale):
    definition = load(shipped)
    shown = texts(draw(definition, locale=locale))
    for place in (*definition.steps.values(), *definition.ends.values()):
        assert place.label[locale] in shown
    for _step, action in definition.acts():
        assert action.label[locale] in shown
    for phase in definition.phases.values():
        assert phase.label[locale] in shown


def test_every_action_has_its_line(shipped):
    definition = load(shipped)
    layout = arrange(definition, "fr")
    drawn = sum(len(lane.sources) for lane in layout.lanes)
    loops = sum(1 for step, action in definition.acts() if action.to == step.code)
    assert drawn + loops == sum(1 for _ in definition.acts())


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_lines_of_text_and_lanes_keep_apart(shipped, locale):
    layout = arrange(load(shipped), locale)
    for card in layout.cards.values():
        heights = [line.y for line in card.lines]
        assert all(below - above >= 13 for above, below in itertools.pairwise(heights))
        assert card.top < min(heights)
        assert max(heights) + 4 <= card.bottom
    tops = sorted((card.top, card.bottom) for card in layout.cards.values())
    assert all(bottom < top for (_, bottom), (top, _) in itertools.pairwise(tops))
    for n, lane in enumerate(layout.lanes):
        for other in layout.lanes[n + 1 :]:
            if (lane.down, lane.column) == (other.down, other.column):
                assert lane.span[1] < other.span[0] or other.span[1] < lane.span[0]
        edge = layout.left + CARD if lane.down else layout.left
        assert abs(layout.lane_x(lane) - edge) >= LANE
        assert 0 < layout.lane_x(lane) < layout.width


def test_it_is_narrow_enough_for_a_phone(shipped):
    assert arrange(load(shipped), "fr").width <= 480


def test_the_path_of_a_file_is_lit(leave):
    definition = leave.definition()
    plain = draw(definition)
    way = [("asked", "return"), ("incomplete", "resend"), ("asked", "approve")]
    lit = draw(definition, way, "approved", "en")
    assert "wf-lit" not in plain
    assert "wf-now" not in plain
    assert lit.count('class="wf-lit"') == 3
    assert lit.count("wf-now") == 1
    told = parsed(lit).find(f"{SVG}desc").text
    assert "Path taken: Return, Send again, Approve." in told
    assert "Now: Approved." in told


def test_acts_of_another_version_are_left_out_and_a_path_is_pairs(leave):
    definition = leave.definition()
    known = [("asked", "return"), ("incomplete", "resend")]
    strange = [
        ("asked", "return"),
        ("gone", "vanished"),
        ("asked", "vanished"),
        ("incomplete", "resend"),
        (None, "begin"),
    ]
    assert draw(definition, known, "asked") == draw(definition, strange, "asked")
    assert "wf-lit" in draw(definition, iter(known), "gone")
    for loose in ("return", ["return"], ["no"], [("asked", "return", 3)]):
        with pytest.raises(TypeError, match="pairs of step and action"):
            draw(definition, loose)


def test_texts_of_people_cannot_break_out_of_the_drawing(leave):
    evil = leave.with_change('fr = "Approuver"', 'fr = "<script>alert(1)</script> & co"')
    svg = draw(load(evil))
    assert "<script" not in svg
    assert "<script>alert(1)</script> & co" in texts(svg)


def test_no_inline_style_or_script(shipped):
    svg = draw(load(shipped))
    assert not re.search(r"\bstyle=|<style|<script|\bon\w+=", svg)


def test_the_table_lists_every_step_role_and_action(leave):
    rows = [(row.step, row.role, row.action.code, row.to) for row in table(leave.definition())]
    assert rows == [
        ("", "worker", "ask", "asked"),
        ("asked", "chief", "approve", "approved"),
        ("asked", "chief", "return", "incomplete"),
        ("incomplete", "worker", "resend", "asked"),
        ("approved", "director", "pay", "done"),
        ("approved", "chief", "pay", "done"),
    ]
