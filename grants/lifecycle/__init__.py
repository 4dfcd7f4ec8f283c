"""What ties the engine to the database: performing, versions, the inbox."""

from grants.access import SYSTEM
from grants.lifecycle.models import Running, WorkflowVersion, running_args
from grants.lifecycle.registry import (
    Act,
    Item,
    Kind,
    after_act,
    effect,
    guard,
    inbox,
    input_form,
    register_kind,
    via,
)
from grants.lifecycle.running import begin, offers, perform
from grants.lifecycle.versions import definition_of, install_shipped
from grants.workflow import Reason

__all__ = [
    "SYSTEM", "Act", "Item", "Kind", "Reason", "Running", "WorkflowVersion", "after_act", "begin", "definition_of", "effect",
    "guard", "inbox", "input_form", "install_shipped", "offers", "perform", "register_kind", "running_args", "via",
]  # fmt: skip
