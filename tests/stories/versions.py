"""Builders of versions of workflows: each plays the real operations and is committed."""

import re
from pathlib import Path

from grants.core.unit_of_work import unit_of_work
from grants.lifecycle import versions
from grants.lifecycle.models import Draft, WorkflowVersion
from grants.lifecycle.versions import drafts
from tests.stories.rows import again

LIGHTER = Path(__file__).parents[2] / "docs" / "examples" / "petits-montants.toml"


_LIGHTER_BEGINS, _AFTER = "# The lighter path:", "# Contract ---"


def lighter_text(source: str) -> str:
    """A definition of micro-projects with the next number and the lighter path of the guide's example."""
    example = LIGHTER.read_text(encoding="utf-8")
    path = example[example.index(_LIGHTER_BEGINS) : example.index(_AFTER)]
    assert source.count(_AFTER) == 1
    number = int(re.search(r"(?m)^version = (\d+)", source)[1]) + 1
    text = re.sub(r"(?m)^version = \d+", f"version = {number}", source, count=1)
    return text.replace(_AFTER, path + _AFTER)


def next_text(*, version: int | None = None, comment: str = "# the next one", within: str = "9 wd") -> str:
    """The newest definition of micro-projects with another number and another time limit for the eligibility check."""
    newest = versions.newest("project")
    text = re.sub(r"(?m)^version = \d+", f"version = {version or newest.version + 1}", newest.source, count=1)
    text, found = re.subn(r'(\[steps\.eligibility\][^\[]*?within = )"\d+ wd"', rf'\g<1>"{within}"', text, count=1)
    assert found == 1
    return f"{comment}\n{text}"


def written(author, source: str) -> Draft:
    """A draft of an administrator."""
    with unit_of_work():
        draft = drafts.write_draft(source, by=again(author))
    return again(draft)


def submitted_draft(author, source: str) -> Draft:
    """A draft that was put forward."""
    draft = written(author, source)
    with unit_of_work():
        drafts.put_forward(
            draft.token, reason="Un délai plus juste.", by=again(author), expected_revision=draft.revision
        )
    return again(draft)


def published_version(author, other, source: str) -> WorkflowVersion:
    """A version that one administrator wrote and another published."""
    draft = submitted_draft(author, source)
    with unit_of_work():
        row = drafts.publish(draft.token, by=again(other), expected_revision=draft.revision)
    return again(row)


if __name__ == "__main__":
    # The example follows the definition that comes with the product: python -m tests.stories.versions
    LIGHTER.write_text(lighter_text((versions.SHIPPED / "project.toml").read_text(encoding="utf-8")), encoding="utf-8")
