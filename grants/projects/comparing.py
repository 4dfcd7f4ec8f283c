"""What differs between two revisions, in words."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from flask_babel import gettext as _

from grants.calls.kinds import Kind
from grants.core.money import format_francs, format_number
from grants.core.quantities import counted
from grants.core.texts import pick
from grants.projects.labels import PAYER_LABELS, paper_label
from grants.questionnaires import difference as answers_difference


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that differs: where it stands, what it is, how it was and how it is (empty where there was none)."""

    part: str
    label: str
    before: str
    after: str


def differences(kind: Kind, old: dict, new: dict) -> list[Changed]:
    """Everything that differs between the contents of two revisions of one file, in the order of the application."""
    found = [Changed(_("Application"), _("Title"), old["title"], new["title"])]
    found += [
        Changed(change.section_title, change.label, change.before, change.after)
        for change in answers_difference(kind.questionnaire, old["answers"], new["answers"])
    ]
    found += _budget(kind, old["budget"], new["budget"])
    found += [
        Changed(_("Budget"), label, format_francs(old["sums"][name]), format_francs(new["sums"][name]))
        for name, label in (
            ("requested", _("Asked from the programme")),
            ("own_cash", _("Own contribution in cash")),
            ("own_kind", _("Own contribution in kind")),
        )
    ]
    found += _papers(kind, old["papers"], new["papers"])
    found.append(Changed(_("Application"), _("Spoke for the group"), old["spoke_for_group"], new["spoke_for_group"]))
    found += _group(old.get("group") or {}, new.get("group") or {})
    return [change for change in found if change.before != change.after]


def line_words(line: dict) -> str:
    """A budget line in words: « 40 têtes × 48 000 = 1 920 000 F CFA · subvention »."""
    sum_words = f"{counted(line['quantity'], line['unit'], 'fr')} × {format_number(line['unit_price'])}"
    return f"{sum_words} = {format_francs(line['amount'])} · {PAYER_LABELS[line['paid_by']]}"


def _budget(kind: Kind, old: list[dict], new: list[dict]):
    """Lines are the same line where purpose and label are; the rest came or went."""
    names = [[(line["category"], line["label"]) for line in lines] for lines in (old, new)]
    for tag, first, last, start, stop in SequenceMatcher(a=names[0], b=names[1], autojunk=False).get_opcodes():
        if tag == "equal":
            pairs = list(zip(old[first:last], new[start:stop], strict=True))
        else:
            pairs = [(line, None) for line in old[first:last]] + [(None, line) for line in new[start:stop]]
        for before, after in pairs:
            line = after or before
            category = next((pick(c.label) for c in kind.categories if c.code == line["category"]), line["category"])
            yield Changed(
                _("Budget"),
                f"{category} · {line['label']}",
                line_words(before) if before else "",
                line_words(after) if after else "",
            )


def _papers(kind: Kind, old: list[dict], new: list[dict]):
    before = {(paper["kind"], paper["sha256"]): paper for paper in old}
    after = {(paper["kind"], paper["sha256"]): paper for paper in new}
    for key in [*before, *(key for key in after if key not in before)]:
        if (key in before) != (key in after):
            paper = before.get(key) or after[key]
            name = paper["name"]
            yield Changed(
                _("Papers"), paper_label(kind, paper), name if key in before else "", name if key in after else ""
            )


def _group(old: dict, new: dict):
    words = {
        "name": _("Name of the group"), "village": _("Village"), "registration_number": _("Number of the receipt"),
        "women": _("Women"), "men": _("Men"), "youth": _("Youth"),
    }  # fmt: skip
    for name, label in words.items():
        yield Changed(_("Group"), label, str(old.get(name) or ""), str(new.get(name) or ""))
    people = [", ".join(officer["name"] for officer in group.get("officers", [])) for group in (old, new)]
    yield Changed(_("Group"), _("Officers"), *people)
    accounts = [
        f"{account['institution']} …{account['ends_in']}" if (account := group.get("account")) else ""
        for group in (old, new)
    ]
    yield Changed(_("Group"), _("Payment account"), *accounts)
