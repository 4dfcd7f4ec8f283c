"""What ties the engine to the database: performing, versions, the inbox."""

from grants.access import SYSTEM
from grants.lifecycle.holding import hold
from grants.lifecycle.models import Running, WorkflowVersion, running_args
from grants.lifecycle.registry import (
    Act,
    Asked,
    Item,
    Kind,
    NotAll,
    after_act,
    after_acts,
    effect,
    effect_each,
    guard,
    inbox,
    input_form,
    register_kind,
    via,
)
from grants.lifecycle.running import begin, offers, perform, perform_each
from grants.lifecycle.versions import definition_of, install_shipped
from grants.workflow import Reason

__all__ = [
    "SYSTEM", "Act", "Asked", "Item", "Kind", "NotAll", "Reason", "Running", "WorkflowVersion", "after_act", "after_acts",
    "begin", "definition_of", "effect", "effect_each", "guard", "hold", "inbox", "input_form", "install_shipped", "offers",
    "perform", "perform_each", "register_kind", "running_args", "via",
]  # fmt: skip
