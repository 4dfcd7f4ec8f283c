"""Appeals: a group that was refused asks for the refusal to be looked at again, within the time that its call gives."""

from grants.committee.appeals.queries import admitted, of_another_kind, of_item, of_project, papers, why_refused

__all__ = ["admitted", "of_another_kind", "of_item", "of_project", "papers", "why_refused"]
