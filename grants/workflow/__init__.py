"""The workflow engine: definitions as data, proved before they run, decided without a database.

Standard library only, and nothing of the house around it; `README.md` shows how to use it
elsewhere.
"""

from grants.workflow.calendar import (
    FEASTS,
    Calendar,
    Duration,
    Holidays,
    LateMoment,
    WorkingDays,
    due,
    late_moments,
    malian_holidays,
)
from grants.workflow.decision import Actor, Facts, Offer, Reason, decide, offers
from grants.workflow.definition import (
    SYSTEM,
    Action,
    Definition,
    End,
    Late,
    Phase,
    Promise,
    Step,
    UnknownAction,
    UnknownStep,
    Words,
)
from grants.workflow.drawing import Entry, draw, table
from grants.workflow.faults import DefinitionError, Fault
from grants.workflow.proofs import Known, check
from grants.workflow.reading import load, load_promises

__all__ = [
    "FEASTS",
    "SYSTEM",
    "Action",
    "Actor",
    "Calendar",
    "Definition",
    "DefinitionError",
    "Duration",
    "End",
    "Entry",
    "Facts",
    "Fault",
    "Holidays",
    "Known",
    "Late",
    "LateMoment",
    "Offer",
    "Phase",
    "Promise",
    "Reason",
    "Step",
    "UnknownAction",
    "UnknownStep",
    "WorkingDays",
    "Words",
    "check",
    "decide",
    "draw",
    "due",
    "late_moments",
    "load",
    "load_promises",
    "malian_holidays",
    "offers",
    "table",
]
