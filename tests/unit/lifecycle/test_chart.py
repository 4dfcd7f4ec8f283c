"""The bars of working days: no database."""

from xml.etree import ElementTree

from flask import Flask
from flask_babel import Babel

from grants.lifecycle.work.chart import Bar, bars


def test_the_longest_bar_takes_the_width_that_there_is_and_letters_keep_their_size():
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        drawn = bars([Bar("Appraisal", 10, 40, late=False), Bar("<Committee>", 0, 20, late=True)], title="Days")
    picture = ElementTree.fromstring(str(drawn))
    # Nothing is scaled: widths are shares of the page, heights and letters are in pixels.
    assert picture.get("viewBox") is None and picture.get("width") == "100%"
    assert [bar.get("width") for bar in picture.iter("rect")] == ["80.0%", "20.0%", "40.0%", "0.5%"]
    texts = [(text.get("x"), text.text) for text in picture.iter("text")]
    assert texts == [("0", "Appraisal"), ("80.0%", "10 / 40"), ("0", "<Committee>"), ("40.0%", "0 / 20")]
