"""The pages of the documentation that are read off the code: who may do what, and the workflows.

`flask docs` writes them to docs/generated; a test refuses pages that differ from what the code says.
"""

from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from grants.access.labels import role_label
from grants.access.rights import RIGHTS, ROLES
from grants.workflow import SYSTEM, Definition, Late, Step, draw, load, table

DEFINITIONS = Path(__file__).parent / "workflow" / "definitions"
FOLDER = Path(__file__).parents[1] / "docs" / "generated"
_HEAD = "<!-- Made by `flask --app wsgi docs`; a test refuses changes by hand. -->\n\n"
_LOCALES = ("en", "fr")


def pages() -> dict[str, str]:
    """Every generated file by its name, as it must stand in docs/generated."""
    words = _role_words()
    made = {"access.md": _access(words)}
    for path in sorted(DEFINITIONS.glob("*.toml")):
        definition = load(path)
        made[f"workflow-{definition.name}.md"] = _workflow(definition, words)
        for locale in _LOCALES:
            made[f"workflow-{definition.name}.{locale}.svg"] = draw(definition, locale=locale, role_words=words) + "\n"
    return made


def _role_words() -> dict[str, dict[str, str]]:
    actors = (*ROLES, SYSTEM)
    words = {role: {} for role in actors}
    for locale in _LOCALES:
        with force_locale(locale):
            for role in actors:
                words[role][locale] = role_label(role)
    return words


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |\n"


def _access(words: dict) -> str:
    text = _HEAD + (
        "# Rights and roles\n\n"
        "What a role may see and do, in the territory for which it is held; the table is `grants/access/rights.py`. What moves\n"
        "a file from one step to the next stands in the workflows instead:\n"
        "[micro-project](workflow-micro-project.md), [payment order](workflow-payment-order.md),\n"
        "[committee session](workflow-committee-session.md).\n\n"
    )
    text += _row("role", "in English", "in French") + _row("---", "---", "---")
    text += "".join(_row(f"`{role}`", words[role]["en"], words[role]["fr"]) for role in ROLES)
    text += "\n" + _row("right", *(f"`{role}`" for role in ROLES)) + _row("---", *(":-:" for _ in ROLES))
    for right, holders in RIGHTS.items():
        text += _row(f"`{right}`", *("●" if role in holders else "" for role in ROLES))
    return text


def _workflow(definition: Definition, words: dict) -> str:
    drawing = f"workflow-{definition.name}"
    text = _HEAD + (
        f"# {definition.title['en']}, version {definition.version}\n\n"
        f"![Steps and actions]({drawing}.en.svg)\n\n[The same drawing in French]({drawing}.fr.svg)\n\n"
        "## Who may do what, in which step\n\n"
        "*Apart from*: whoever did one of these on the file may not do this. *Needs*: what must be met, *asks*: the form, "
        "*does*: what changes beside the step, by their codes.\n\n"
    )
    text += _row("step", "role", "action", "on the button", "then", "apart from", "needs", "asks", "does") + _row(
        *["---"] * 9
    )
    for entry in table(definition):
        act = entry.action
        text += _row(
            definition.place(entry.step).label["en"] if entry.step else "",
            words[entry.role]["en"],
            f"{act.label['en']} `{act.code}`",
            act.label["fr"],
            definition.place(entry.to).label["en"],
            ", ".join(f"`{code}`" for code in act.apart_from),
            ", ".join(f"`{code}`" for code in act.needs),
            f"`{act.asks}`" if act.asks else "",
            ", ".join(f"`{code}`" for code in act.does),
        )
    text += (
        "\n## Time limits\n\nwd: working days, d: days.\n\n"
        + _row("step", "waits for", "within", "late")
        + _row(*["---"] * 4)
    )
    for step in definition.steps.values():
        owner = words[step.owner]["en"] if step.owner else ""
        pause = " (our clock stands still)" if step.pauses else ""
        late = "; ".join(_late(rule, step, words) for rule in step.late)
        text += _row(step.label["en"], owner, f"{step.within or 'no limit'}{pause}", late)
    promises = [promise.why["en"] for promise in definition.promises if promise.why]
    return text + "\n## What holds on every path\n\n" + "".join(f"- {why}\n" for why in promises)


def _late(rule: Late, step: Step, words: dict) -> str:
    told = ", ".join(words[step.owner if role == "owner" else role]["en"] for role in rule.tell)
    taken = f", then the system: {step.actions[rule.takes].label['en']}" if rule.takes else ""
    return f"+{rule.after}: {told}{' (escalates)' if rule.escalate else ''}{taken}"


@click.command("docs")
@with_appcontext
def docs():
    """Write docs/generated anew from the code."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = pages()
    for path in FOLDER.iterdir():
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    click.echo(f"{len(made)} pages written.")
