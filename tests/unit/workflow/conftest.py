"""A small definition that is sound, for tests to break in one place at a time."""

from pathlib import Path

import pytest

from grants import workflow
from grants.workflow import Known, load

SHIPPED = sorted((Path(workflow.__file__).parent / "definitions").glob("*.toml"))

LEAVE = """
[workflow]
name = "leave"
version = 1
subject = "leave"
start = "asked"
title = { fr = "Congé", en = "Leave" }
created_as = "ask"
created_by = ["worker"]
created_label = { fr = "Demander", en = "Ask" }

[phases.request]
label = { fr = "Demande", en = "Request" }

[steps.asked]
label = { fr = "Demandé", en = "Asked" }
phase = "request"
owner = "chief"
within = "5 wd"
late = [{ after = "0 wd", tell = ["owner"] }, { after = "2 d", tell = ["director"], escalate = true }]

[steps.asked.actions.approve]
label = { fr = "Approuver", en = "Approve" }
to = "approved"
by = ["chief"]
apart_from = ["ask"]
needs = ["leave.days_left"]
tells = ["worker"]

[steps.asked.actions.return]
label = { fr = "Renvoyer", en = "Return" }
to = "incomplete"
by = ["chief"]
asks = "leave.reason"
reopens = true

[steps.incomplete]
label = { fr = "À compléter", en = "To complete" }
owner = "worker"
pauses = true

[steps.incomplete.actions.resend]
label = { fr = "Redéposer", en = "Send again" }
to = "asked"
by = ["worker"]

[steps.approved]
label = { fr = "Approuvé", en = "Approved" }
public = { fr = "Accordé", en = "Granted" }
owner = "director"
within = "48 h"

[steps.approved.actions.pay]
label = { fr = "Payer", en = "Pay" }
to = "done"
by = ["director", "chief"]
apart_from = ["ask", "approve"]
does = ["leave.pay"]

[ends.done]
public = { fr = "Terminé", en = "Done" }
tone = "good"

[[promises]]
never = "effect:leave.pay"
without = ["action:approve", "guard:leave.days_left"]
renewed = true

[[promises]]
apart = ["ask", "approve", "pay"]
"""


class Leave:
    """The sound definition, what a host provides for it, and ways to break it."""

    known = Known(
        roles={"worker", "chief", "director"},
        guards={"leave.days_left"},
        effects={"leave.pay"},
        forms={"leave.reason"},
    )

    @property
    def text(self) -> str:
        return LEAVE

    def definition(self):
        return load(LEAVE)

    def with_change(self, old: str, new: str) -> str:
        """The text with one place changed; a place that is not there would make the test blind."""
        assert LEAVE.count(old) == 1, f"{old!r} stands {LEAVE.count(old)} times in the definition"
        return LEAVE.replace(old, new)

    def with_more(self, text: str) -> str:
        return LEAVE + text


@pytest.fixture
def leave() -> Leave:
    return Leave()


@pytest.fixture(params=SHIPPED, ids=lambda path: path.stem)
def shipped(request) -> Path:
    return request.param
