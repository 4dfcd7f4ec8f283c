"""What may be concluded from each answer of Wave; an HTTP server on this machine stands for it."""

from types import SimpleNamespace

import pytest

import config
from grants.payments.wave.client import KeyRefused, Wave
from tests.payments.fake_wave import KEY, FakeWave

PAYOUT = SimpleNamespace(
    amount=750_000, mobile="+22370123456", name="Aïssata", reference="OP-2026-0001-K", purpose="Tranche 1", key="k-1"
)


@pytest.fixture
def wave():
    fake = FakeWave()
    yield fake
    fake.stop()


def client(fake, key=KEY):
    return Wave(fake.url, key, seconds=0.4)


@pytest.mark.parametrize(
    ("fault", "state", "code", "doubt", "found"),
    [
        ("", "succeeded", None, False, "succeeded"),
        ("slow", "processing", None, False, "processing"),
        ("lost", "unknown", "no-answer", False, "succeeded"),
        ("late", "unknown", "no-answer", False, "succeeded"),
        ("fault", "unknown", "server-error", False, "succeeded"),
        ("garbage", "unknown", "not-understood", True, "succeeded"),
        ("other", "unknown", "another-payment", True, "succeeded"),
        ("down", "unknown", "server-error", False, "none"),
        ("busy", "unknown", "too-many-requests", False, "none"),
        ("recipient-account-blocked", "failed", "recipient-account-blocked", False, "none"),
        ("surprise", "unknown", "surprise", True, "none"),
    ],
)
def test_only_what_wave_says_for_good_is_final(wave, fault, state, code, doubt, found):
    wave.next(fault)
    answer = client(wave).send(PAYOUT)
    assert (answer.state, answer.code, answer.doubt) == (state, code, doubt)
    assert client(wave).search(PAYOUT).state == found
    if fault == "busy":
        assert answer.wait.total_seconds() == 7
    # The same key again is the same payment, whatever came before.
    client(wave).send(PAYOUT)
    assert len(wave.payouts) == (0 if state == "failed" or fault == "surprise" else 1)


def test_another_content_under_a_key_pays_nothing_and_is_no_failure(wave):
    client(wave).send(PAYOUT)
    answer = client(wave).send(SimpleNamespace(**vars(PAYOUT) | {"amount": 1}))
    assert (answer.state, answer.code, len(wave.payouts)) == ("unknown", "idempotency-mismatch", 1)


def test_a_wrong_key_and_no_server_at_all(wave):
    assert client(wave).balance() == 50_000_000
    for call in ("send", "search"):
        with pytest.raises(KeyRefused, match="no-matching-api-key"):
            getattr(client(wave, KEY[:-1]), call)(PAYOUT)
    gone = Wave("http://127.0.0.1:9", KEY, seconds=0.2)
    assert gone.send(PAYOUT).state == "unknown" and gone.balance() is None
    wave.payouts = {str(n): {"client_reference": PAYOUT.reference} for n in (1, 2)}
    assert client(wave).search(PAYOUT).doubt


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"BENKAN_WAVE_KEY": KEY}, "BENKAN_WAVE_ACCOUNT"),
        ({"BENKAN_WAVE_ACCOUNT": "W"}, "BENKAN_WAVE_KEY"),
        ({"BENKAN_WAVE_URL": "https://api.wave.com"}, "BENKAN_WAVE_KEY"),
        (
            {"BENKAN_WAVE_KEY": KEY, "BENKAN_WAVE_ACCOUNT": "W", "BENKAN_WAVE_URL": "http://api.wave.com"},
            "BENKAN_WAVE_URL",
        ),
        ({"BENKAN_WAVE_KEY": "two words", "BENKAN_WAVE_ACCOUNT": "W"}, "BENKAN_WAVE_KEY"),
    ],
)
def test_half_a_setting_stops_the_start_with_one_line(given, names):
    with pytest.raises(config.SettingError, match=names) as told:
        config.read({"BENKAN_ENV": "test", "BENKAN_SECRET_KEY": "k" * 40, **given})
    assert "\n" not in str(told.value) and KEY not in str(told.value)


def test_wave_is_off_unless_it_is_set_up_whole():
    settings = config.read({"BENKAN_ENV": "test", "BENKAN_SECRET_KEY": "k" * 40})
    assert settings.flask()["WAVE_KEY"] == ""
    given = {"BENKAN_WAVE_KEY": KEY, "BENKAN_WAVE_ACCOUNT": "W-1", "BENKAN_ENV": "test", "BENKAN_SECRET_KEY": "k" * 40}
    assert config.read(given).flask()["WAVE_URL"] == "https://api.wave.com"
