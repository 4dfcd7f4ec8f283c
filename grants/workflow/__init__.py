"""The workflow engine: definitions as data, proved before they run, decided without a database.

Standard library only, and nothing of the house around it; `README.md` shows how to use it
elsewhere.
"""

from grants.workflow.calendar import Calendar, Duration, WorkingDays, due, malian_holidays
from grants.workflow.decision import Actor, Facts, Offer, Reason, decide, offers
from grants.workflow.definition import (
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
from grants.workflow.proof import Known, check
from grants.workflow.reading import load, load_promises

__all__ = [
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
    "Known",
    "Late",
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
    "load",
    "load_promises",
    "malian_holidays",
    "offers",
    "table",
]
