"""Who may do what: the one table from which views, templates and operations read.

A right belongs to roles; a role is held in a territory, and a right holds on what lies in it. What moves a file from one
step to the next is not here: the workflow definition says who takes which action, and the engine enforces it.
"""

ROLES = (
    "agent", "appraiser", "secretary", "member", "chair", "coordinator", "finance_officer", "finance_controller",
    "monitor", "grievance_officer", "admin", "auditor",
)  # fmt: skip

EVERYONE = frozenset(ROLES)
_FIELD = frozenset({"agent", "appraiser", "monitor"})
_COMMITTEE = frozenset({"secretary", "member", "chair"})
_FINANCE = frozenset({"finance_officer", "finance_controller"})
_OVERSIGHT = frozenset({"coordinator", "admin", "auditor"})

RIGHTS: dict[str, frozenset[str]] = {
    "work.view": EVERYONE,
    # what waits for everybody in one's territory, and where it takes long
    "work.team": frozenset({"appraiser", "monitor", "finance_controller"}) | _OVERSIGHT,
    "work.report": _OVERSIGHT | {"monitor"},
    "holidays.manage": frozenset({"admin"}),
    # groups
    "groups.view": EVERYONE,
    "groups.register": frozenset({"agent", "appraiser"}),
    "groups.import": frozenset({"agent", "appraiser"}),
    "groups.verify_account": frozenset({"appraiser", "monitor", "finance_officer"}),
    # calls and funds
    "calls.view": EVERYONE,
    "calls.manage": frozenset({"admin"}),
    "funds.view": _FINANCE | _OVERSIGHT,
    "funds.manage": frozenset({"coordinator"}),
    "funds.receive": frozenset({"finance_officer"}),
    # a transfer between envelopes has two people
    "funds.propose": frozenset({"coordinator", "finance_officer"}),
    "funds.confirm": frozenset({"coordinator", "finance_controller"}),
    "funds.check": frozenset({"finance_controller"}) | _OVERSIGHT,
    "books.view": _FINANCE | _OVERSIGHT,
    "books.manage": frozenset({"finance_controller"}),
    # projects
    "projects.view": EVERYONE,
    "projects.draft": frozenset({"agent"}),
    "projects.export": EVERYONE - {"agent"},
    # everything of a file; papers that show who somebody is only with the second right
    "projects.archive": _OVERSIGHT,
    "projects.archive_identity": frozenset({"coordinator", "auditor"}),
    # appraisal and committee
    "appraisal.view": EVERYONE - {"agent"},
    "appraisal.check": frozenset({"appraiser"}),
    "appraisal.score": frozenset({"appraiser"}),
    "committee.view": _COMMITTEE | _OVERSIGHT | {"appraiser"},
    "committee.manage": frozenset({"admin"}),
    "committee.prepare": frozenset({"secretary"}),
    "committee.vote": frozenset({"member", "chair"}),
    "committee.decide": frozenset({"chair"}),
    # contracts and money
    "contracts.view": EVERYONE,
    "contracts.issue_many": frozenset({"coordinator"}),
    "contracts.file_scan": frozenset({"agent", "coordinator"}),
    "contracts.amend": frozenset({"agent", "monitor"}),
    "contracts.state_page": frozenset({"coordinator"}),
    # the texts of contracts: who writes one is never who publishes it
    "clauses.view": _OVERSIGHT,
    "clauses.write": frozenset({"admin"}),
    "clauses.publish": frozenset({"admin", "coordinator"}),
    "payments.view": _FINANCE | _OVERSIGHT | {"monitor"},
    # one order, also for who brings its receipt
    "payments.follow": _FINANCE | _OVERSIGHT | {"monitor", "agent"},
    "payments.prepare": frozenset({"finance_officer"}),
    "payments.verify": frozenset({"finance_controller"}),
    # within it the rules of the call name the one role for each condition
    "payments.lift": frozenset({"coordinator", "monitor", "finance_controller"}),
    "payments.transmit": frozenset({"finance_officer"}),
    # what banks and operators send back, and the statements of our accounts: only in the whole programme
    "payments.reconcile": frozenset({"finance_officer"}),
    # money that was paid and came back: one states it from what the bank says, another takes the payment back
    "payments.state_return": frozenset({"finance_officer"}),
    "payments.bring_back": frozenset({"finance_controller"}),
    "payments.configure": frozenset({"coordinator", "admin"}),
    "payments.record_receipt": frozenset({"finance_officer", "agent"}),
    # follow-up
    "followup.view": EVERYONE,
    "followup.prove": frozenset({"agent", "monitor"}),
    "followup.justify": frozenset({"agent"}),
    "followup.refund": frozenset({"finance_officer"}),
    # what groups have to give back
    "recovery.view": _FINANCE | _OVERSIGHT | _COMMITTEE | {"monitor", "agent"},
    "recovery.claim": frozenset({"coordinator"}),
    "followup.accept": frozenset({"monitor"}),
    "followup.plan": frozenset({"monitor"}),
    "followup.visit": frozenset({"monitor", "agent"}),
    # complaints: those that are not sealed are read by whoever oversees; sealed ones, and who complains, only by who handles them
    "grievances.view": frozenset({"grievance_officer", "coordinator", "auditor"}),
    "grievances.handle": frozenset({"grievance_officer"}),
    "grievances.sealed": frozenset({"grievance_officer"}),
    "grievances.identity": frozenset({"grievance_officer"}),
    # running the house
    "people.manage": frozenset({"admin"}),
    "places.view": EVERYONE,
    "places.manage": frozenset({"admin"}),
    "workflow.view": frozenset({"admin", "auditor"}),
    "workflow.manage": frozenset({"admin"}),
    "journal.view": frozenset({"admin", "auditor"}),
}
