"""Wave's payout interface as its documentation describes it (docs.wave.com/payout, docs.wave.com/balance).

What matters is not what Wave answers but what may be concluded: an answer that is not understood, that is late or lost leaves
the outcome unknown. Nothing here tries again by itself, follows a redirection, or writes the key anywhere.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import urllib3
from flask import current_app
from flask_babel import lazy_gettext as _l

# Wave refused for good: nothing was paid. Every other refusal leaves the outcome unknown.
FINAL = {
    "country-mismatch": _l("The recipient is in another country."),
    "currency-mismatch": _l("The wallets are in different currencies."),
    "insufficient-funds": _l("The wallet of the programme holds too little for the amount and the fee."),
    "recipient-minor": _l("The holder of the wallet is a minor."),
    "recipient-account-blocked": _l("The wallet is blocked."),
    "recipient-account-inactive": _l("The wallet is not active."),
    "recipient-limit-exceeded": _l("The wallet has reached its limit."),
    "aggregated-merchant-required": _l("Wave asks for a merchant that is not set up."),
    "invalid-aggregated-merchant-id": _l("Wave does not know the merchant."),
    "request-not-json": _l("Wave could not read the request."),
    "request-parsing-error": _l("Wave could not read the request."),
    "request-validation-error": _l("Wave finds the number or the amount unsound."),
    "reversed": _l("Wave gave the money back to the programme."),
}
WORDS = FINAL | {
    "missing-auth-header": _l("Wave refused the key of the programme."),
    "invalid-auth": _l("Wave refused the key of the programme."),
    "api-key-not-provided": _l("Wave refused the key of the programme."),
    "no-matching-api-key": _l("Wave does not know the key of the programme."),
    "api-key-revoked": _l("The key of the programme was revoked at Wave."),
    "invalid-wallet": _l("The key does not open this wallet."),
    "disabled-wallet": _l("The wallet of the programme is closed at Wave."),
    "idempotency-mismatch": _l("Wave has another payment under this key: call Wave."),
    "no-answer": _l("Wave did not answer."),
    "server-error": _l("Wave had a fault."),
    "too-many-requests": _l("Wave asks to wait."),
    "not-understood": _l("The answer of Wave was not understood."),
    "another-payment": _l("Wave answers for another amount, number or reference: call Wave."),
    "no-trace": _l("Wave has no trace of this payment a day after it was sent: call Wave before you report a failure."),
    "low-balance": _l("The wallet of the programme holds too little: nothing was sent."),
}  # fmt: skip
LARGEST = 200_000


class KeyRefused(Exception):
    """Wave does not take the key: nothing was done. Its text is Wave's code."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What may be concluded: state `succeeded`, `processing`, `failed`, `unknown`, or `none` where Wave has no such payment.

    `wait`: how long Wave asks to be left alone. `doubt`: nothing is to be sent again before a person has looked.
    """

    state: str
    wave_id: str | None = None
    fee: int | None = None
    code: str | None = None
    text: str = ""
    wait: timedelta | None = None
    doubt: bool = False


class Wave:
    """Wave's interface for one wallet of the programme."""

    def __init__(self, url: str, key: str, *, seconds: float):
        self._url, self._key = url, key
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=min(5.0, seconds), read=seconds), retries=False
        )

    def send(self, payout) -> Answer:
        """Ask Wave to pay. The same key with the same content is one payment for Wave, however often it is asked."""
        body = {
            "currency": "XOF",
            "receive_amount": str(payout.amount),
            "mobile": payout.mobile,
            "name": payout.name,
            "client_reference": payout.reference,
            "payment_reason": payout.purpose[:40],
        }
        status, said, wait = self._call("POST", "/v1/payout", body, {"Idempotency-Key": payout.key})
        if status == 200:
            return _of(payout, said)
        return _refusal(status, said, wait)

    def search(self, payout) -> Answer:
        """Ask Wave what became of a payment, by our reference."""
        path = "/v1/payouts/search?" + urlencode({"client_reference": payout.reference})
        status, said, wait = self._call("GET", path)
        if status != 200 or not isinstance(said.get("result"), list):
            # A refusal to tell says nothing about the payment.
            found = _refusal(status, said, wait)
            return Answer("unknown", code=found.code, text=found.text, wait=wait)
        found = said["result"]
        if not found:
            return Answer("none")
        return _of(payout, found[0]) if len(found) == 1 else Answer("unknown", code="another-payment", doubt=True)

    def balance(self) -> int | None:
        """What the wallet of the programme holds, in francs; None where Wave does not tell."""
        status, said, _wait = self._call("GET", "/v1/balance")
        return _francs(said.get("amount")) if status == 200 and said.get("currency") == "XOF" else None

    def _call(self, method: str, path: str, body: dict | None = None, headers: dict | None = None):
        """Status, answer as a dict (empty where there is none), and how long to wait. Status 0: no answer at all."""
        try:
            answer = self._pool.request(
                method,
                self._url + path,
                body=json.dumps(body).encode() if body is not None else None,
                headers={
                    "Authorization": f"Bearer {self._key}",
                    "Accept": "application/json",
                    "Content-Type": "application/json",
                    **(headers or {}),
                },
                redirect=False,
                preload_content=False,
            )
            try:
                data = answer.read(LARGEST)
            finally:
                answer.release_conn()
        except urllib3.exceptions.HTTPError:
            return 0, {}, None
        try:
            said = json.loads(data)
        except ValueError:
            said = {}
        said = said if isinstance(said, dict) else {}
        if answer.status in (401, 403):
            raise KeyRefused(str(said.get("code") or "invalid-auth")[:60])
        seconds = answer.headers.get("Retry-After", "")
        wait = timedelta(seconds=min(int(seconds), 3600)) if seconds.isdecimal() else None
        return answer.status, said, wait


def client() -> Wave | None:
    """Wave as it is set up; None where it is switched off."""
    config = current_app.config
    if not config["WAVE_KEY"]:
        return None
    return Wave(config["WAVE_URL"], config["WAVE_KEY"], seconds=config["WAVE_SECONDS"])


def _francs(text: object) -> int | None:
    return int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 16 else None


def _of(payout, said: object) -> Answer:
    """What a payment as Wave describes it says of ours."""
    said = said if isinstance(said, dict) else {}
    ours = (str(payout.amount), payout.mobile, payout.reference, "XOF")
    theirs = tuple(said.get(name) for name in ("receive_amount", "mobile", "client_reference", "currency"))
    number, status = said.get("id"), said.get("status")
    if not isinstance(number, str) or not number or len(number) > 60:
        return Answer("unknown", code="not-understood", doubt=True)
    if theirs != ours:
        return Answer("unknown", code="another-payment", doubt=True)
    if status in ("succeeded", "processing"):
        return Answer(status, wave_id=number, fee=_francs(said.get("fee")))
    if status == "reversed":
        return Answer("failed", wave_id=number, code="reversed")
    if status == "failed":
        error = said.get("payout_error") if isinstance(said.get("payout_error"), dict) else {}
        code = str(error.get("error_code") or "failed")[:60]
        return Answer("failed", wave_id=number, code=code, text=str(error.get("error_message") or "")[:300])
    return Answer("unknown", wave_id=None, code="not-understood", doubt=True)


def _refusal(status: int, said: dict, wait: timedelta | None) -> Answer:
    code, text = str(said.get("code") or "")[:60], str(said.get("message") or "")[:300]
    if status in (400, 404, 409, 422) and code in FINAL:
        return Answer("failed", code=code, text=text)
    if status == 429:
        return Answer("unknown", code="too-many-requests", text=text, wait=wait or timedelta(minutes=1))
    if status == 0 or status == 408:
        return Answer("unknown", code="no-answer", text=text)
    if status >= 500:
        return Answer("unknown", code="server-error", text=text, wait=wait)
    return Answer("unknown", code=code or "not-understood", text=text, doubt=True)
