"""Where each file of the demonstration ends up: one row a file, with the acts that bring it there.

Days are counted from today. `age` is how long ago the last act was; a file that passed a committee names its session.
"""

from dataclasses import dataclass

BEGIN = ("begin", "complete", "submit")
CHECKED = (*BEGIN, "declare_eligible", "screen", "visit_site")
RECOMMENDED = (*CHECKED, "score_first", "score_second", "recommend")
BEFORE = {
    "begun": ("begin",),
    "written": ("begin", "complete"),
    "completion": (*BEGIN, "send_back"),
    "eligibility": BEGIN,
    "again": (*BEGIN, "send_back", "resubmit"),
    "appraisal": (*BEGIN, "declare_eligible"),
    "visited": CHECKED,
    "one_sheet": (*CHECKED, "score_first"),
    "two_sheets": (*CHECKED, "score_first", "score_second"),
    "ineligible": (*BEGIN, "declare_ineligible"),
    "ineligible_told": (*BEGIN, "declare_ineligible", "tell_refusal"),
    "ineligible_contested": (*BEGIN, "declare_ineligible", "tell_refusal", "contest"),
    "withdrawn_draft": ("begin", "complete", "withdraw"),
    "withdrawn_appraisal": (*CHECKED, "withdraw"),
    "waiting": RECOMMENDED,
}
SIGNED = ("issue", "sign", "contribute")
ORDER = ("prepare", "verify", "release", "confirm", "receive")
NEXT = ("visit", "spend", "judge", "open_next")
MISUSED = ("visit_doubting", "spend_most", "judge", "suspend")
PAID_OUT = (*SIGNED, *ORDER, *NEXT, *ORDER)
AFTER = {
    "contract": (),
    "cancelled": ("issue", "cancel_award"),
    "signature": ("issue",),
    "read": ("issue", "read_contract"),
    "contribution": ("issue", "sign"),
    "to_prepare": SIGNED,
    "moved": (*SIGNED, "move_budget"),
    "prolonged": (*SIGNED, *ORDER, "ask_time", "sign_amendment"),
    "changed": (*SIGNED, *ORDER, "ask_amount", "grant_amount", "sign_amendment"),
    "prepared": (*SIGNED, *ORDER[:1]),
    "verified": (*SIGNED, *ORDER[:2]),
    "sent": (*SIGNED, *ORDER[:3]),
    "failed": (*SIGNED, *ORDER[:3], "fail"),
    "held": (*SIGNED, *ORDER[:2], "hold"),
    "retried": (*SIGNED, *ORDER[:3], "fail", "retry", *ORDER[1:3]),
    "confirmed": (*SIGNED, *ORDER[:4]),
    "paid": (*SIGNED, *ORDER),
    "doubted": (*SIGNED, *ORDER, "visit_doubting"),
    "justifying": (*SIGNED, *ORDER, "visit", "report_visit", "spend_most", "judge_in_part"),
    "second_to_prepare": (*SIGNED, *ORDER, *NEXT),
    "second_prepared": (*SIGNED, *ORDER, *NEXT, "prepare"),
    "second_paid": PAID_OUT,
    "suspended": (*SIGNED, *ORDER, "visit_doubting", "suspend"),
    "terminated": (*SIGNED, *ORDER, "visit_doubting", "suspend", "terminate"),
    "recovering": (*SIGNED, *ORDER, *MISUSED, "claim", "agree_instalments", "pay_back_first"),
    "given_up": (*SIGNED, *ORDER, *MISUSED, "claim", "propose_write_off"),
    "refused": ("tell_refusal",),
    "appeal_dismissed": ("tell_refusal", "contest", "dismiss_appeal"),
    "appeal_admitted": ("tell_refusal", "contest", "admit_appeal"),
    "appeal_granted": ("tell_refusal", "contest", "admit_appeal"),
    "closing": (*PAID_OUT, "visit", "spend", "judge", "start_closing", "accept"),
    "closed": (*PAID_OUT, "visit", "spend", "judge", "start_closing", "accept", "close"),
    "closed_with_refund": (*PAID_OUT, "visit", "spend_most", "judge", "refund", "start_closing", "accept", "close"),
}
# The days of the sessions, by the letter of the row; "now" sits today, "next" in a week.
SESSIONS = {"A": -290, "B": -205, "C": -95, "D": -41, "E": -9, "now": 0, "next": 7}
# Files that came before a session of these days were submitted under the first call.
FIRST_CALL = ("A", "B")


@dataclass(frozen=True, slots=True)
class Row:
    """Where a file ends up."""

    to: str
    age: float
    region: str | None = None
    session: str | None = None
    decision: str = ""
    kind: str | None = None
    large: bool = False
    # The session that hears the appeal of a file refused in `session`, and grants it.
    heard: str | None = None


def _before(to: str, *ages: float, **more) -> list[Row]:
    return [Row(to, age, **more) for age in ages]


def _awarded(session: str, region: str, *ends: tuple[str, float], kind: str | None = None) -> list[Row]:
    return [Row(to, age, region, session, "award", kind) for to, age in ends]


def _decided(session: str, region: str, *decisions: str) -> list[Row]:
    return [Row(decision, 0, region, session, decision) for decision in decisions]


ROWS: tuple[Row, ...] = (
    *_awarded("A", "05", ("closed", 24), ("closed_with_refund", 41), ("closing", 6), kind="commerce"),
    *_awarded("A", "05", ("recovering", 20), ("given_up", 2), kind="commerce"),
    *_awarded("B", "19", ("second_paid", 12), ("terminated", 30), ("suspended", 14), ("doubted", 92), kind="commerce"),
    *_awarded("C", "04", ("justifying", 3), ("paid", 8), ("prolonged", 34), ("changed", 63)),
    *_awarded("C", "05", ("second_to_prepare", 4), kind="commerce"),
    *_awarded("C", "05", ("second_prepared", 1)),
    Row("refused", 88, "05", "C", "reject"),
    *_awarded("D", "06", ("sent", 2), ("confirmed", 3), ("confirmed", 6), ("contribution", 18), ("cancelled", 15)),
    *_awarded("D", "04", ("to_prepare", 5), ("moved", 17), ("prepared", 1), ("verified", 1), ("failed", 2)),
    *_awarded("D", "04", ("held", 3), ("read", 22), ("retried", 4)),
    Row("appeal_dismissed", 25, "04", "D", "reject"),
    *_awarded("E", "07", ("contract", 0), ("contract", 0), ("signature", 4)),
    *_awarded("E", "05", ("contract", 0), ("signature", 2), ("signature", 5)),
    Row("appeal_admitted", 1, "05", "E", "reject"),
    *_decided("E", "05", "adjourn"),
    *(Row("in_session", 0, "05", "now", "award") for _ in range(4)),
    *(Row("on_agenda", 0, "04", "next", "award") for _ in range(3)),
    *_before("begun", 1, 9, 26),
    *_before("written", 0.4, 3, 6, 17),
    *_before("completion", 1, 2, 5, 19, 33),
    *_before("eligibility", 0.3, 1, 2, 3, 5, 11, 18),
    *_before("again", 1, 4, 9),
    *_before("appraisal", 1, 5, 24),
    *_before("visited", 2, 7, 16),
    *_before("one_sheet", 1, 2, 6, 13),
    *_before("two_sheets", 1, 3, 20),
    *_before("ineligible", 7),
    *_before("ineligible_told", 4),
    *_before("ineligible_contested", 2),
    *_before("withdrawn_draft", 33),
    *_before("withdrawn_appraisal", 21),
    *_before("waiting", 2, 6, 11, 19, 37),
    *_before("waiting", 4, 15, kind="livestock", large=True),
    Row("appeal_granted", 66, "05", "C", "reject", heard="E"),
)  # fmt: skip


def rows(size: int) -> list[Row]:
    """So many rows: all of them, evenly chosen ones, or all of them again."""
    if size <= len(ROWS):
        return [ROWS[number * len(ROWS) // size] for number in range(size)]
    return [ROWS[number % len(ROWS)] for number in range(size)]
