"""What is wrong with a definition, said so that its author can mend it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from grants.workflow.definition import LOCALES

# code → language → sentence. {key}, {value} and the like come from the fault's data.
_TEXTS: dict[str, dict[str, str]] = {
    "not_toml": {
        "fr": "le fichier ne se lit pas comme du TOML ({error})",
        "en": "the file cannot be read as TOML ({error})",
    },
    "unknown_key": {
        "fr": "la clé «\u00a0{key}\u00a0» est inconnue{guess}",
        "en": "the key “{key}” is unknown{guess}",
    },
    "missing_key": {
        "fr": "la clé «\u00a0{key}\u00a0» manque",
        "en": "the key “{key}” is missing",
    },
    "wrong_kind": {
        "fr": "«\u00a0{key}\u00a0» doit être {kind}",
        "en": "“{key}” must be {kind}",
    },
    "bad_code": {
        "fr": "«\u00a0{value}\u00a0» ({key}) n’est pas un code\u00a0: petites lettres, chiffres et soulignés",
        "en": "“{value}” ({key}) is not a code: small letters, digits and underscores",
    },
    "bad_value": {
        "fr": "«\u00a0{key}\u00a0» ne peut pas valoir «\u00a0{value}\u00a0»\u00a0; possible\u00a0: {known}",
        "en": "“{key}” cannot be “{value}”; possible: {known}",
    },
    "bad_duration": {
        "fr": "«\u00a0{value}\u00a0» ({key}) n’est pas une durée\u00a0: écrivez 10 wd (jours ouvrables), 30 d (jours) ou 48 h",
        "en": "“{value}” ({key}) is not a duration: write 10 wd (working days), 30 d (days) or 48 h",
    },
    "bad_reference": {
        "fr": "«\u00a0{value}\u00a0» ({key}) doit s’écrire step:, action:, effect: ou (pour without) guard:, puis un code",
        "en": "“{value}” ({key}) must be written step:, action:, effect: or (for without) guard:, then a code",
    },
    "bad_promise": {
        "fr": "une promesse dit soit never et without, soit apart avec au moins deux actions, soit by_people, soit confirmed",
        "en": "a promise says either never and without, or apart with at least two actions, or by_people, or confirmed",
    },
    "step_and_end": {
        "fr": "ce code désigne à la fois une étape et une fin",
        "en": "this code names both a step and an end",
    },
    "label_missing": {
        "fr": "le texte «\u00a0{key}\u00a0» manque en {language}",
        "en": "the text “{key}” is missing in {language}",
    },
    "unknown_start": {
        "fr": "l’étape de départ «\u00a0{value}\u00a0» n’existe pas",
        "en": "the start step “{value}” does not exist",
    },
    "unknown_step": {
        "fr": "«\u00a0{key}\u00a0» mène à «\u00a0{value}\u00a0», qui n’est ni une étape ni une fin{guess}",
        "en": "“{key}” leads to “{value}”, which is neither a step nor an end{guess}",
    },
    "unknown_action": {
        "fr": "«\u00a0{key}\u00a0» cite l’action «\u00a0{value}\u00a0», qui n’existe pas{guess}",
        "en": "“{key}” names the action “{value}”, which does not exist{guess}",
    },
    "unknown_role": {
        "fr": "«\u00a0{key}\u00a0» cite le rôle «\u00a0{value}\u00a0», qui n’existe pas{guess}",
        "en": "“{key}” names the role “{value}”, which does not exist{guess}",
    },
    "unknown_guard": {
        "fr": "«\u00a0{key}\u00a0» cite la condition «\u00a0{value}\u00a0», que rien ne fournit{guess}",
        "en": "“{key}” names the guard “{value}”, which nothing provides{guess}",
    },
    "unknown_effect": {
        "fr": "«\u00a0{key}\u00a0» cite l’effet «\u00a0{value}\u00a0», que rien ne fournit{guess}",
        "en": "“{key}” names the effect “{value}”, which nothing provides{guess}",
    },
    "unknown_form": {
        "fr": "«\u00a0{key}\u00a0» cite le formulaire «\u00a0{value}\u00a0», que rien ne fournit{guess}",
        "en": "“{key}” names the input form “{value}”, which nothing provides{guess}",
    },
    "unknown_phase": {
        "fr": "la phase «\u00a0{value}\u00a0» n’existe pas{guess}",
        "en": "the phase “{value}” does not exist{guess}",
    },
    "no_ends": {
        "fr": "aucune fin n’est définie\u00a0: un dossier ne pourrait jamais se clore",
        "en": "no end is defined: a file could never be finished",
    },
    "unreachable": {
        "fr": "aucun chemin ne mène ici depuis «\u00a0{start}\u00a0»",
        "en": "no path leads here from “{start}”",
    },
    "no_way_out": {
        "fr": "d’ici, aucune fin ne peut être atteinte",
        "en": "from here no end can be reached",
    },
    "nobody": {
        "fr": "personne ne peut faire cette action\u00a0: «\u00a0by\u00a0» ne nomme aucun rôle connu",
        "en": "nobody can take this action: “by” names no known role",
    },
    "no_owner": {
        "fr": "un dossier attend ici sans que personne n’en soit chargé («\u00a0owner\u00a0» manque)",
        "en": "a file waits here with nobody in charge (“owner” is missing)",
    },
    "no_deadline": {
        "fr": "un dossier attend ici sans délai («\u00a0within\u00a0» manque, et l’étape n’est pas en pause)",
        "en": "a file waits here without a time limit (“within” is missing, and the step does not pause)",
    },
    "late_without_deadline": {
        "fr": "«\u00a0late\u00a0» compte à partir d’un délai, et «\u00a0within\u00a0» manque",
        "en": "“late” counts from a time limit, and “within” is missing",
    },
    "apart_from_itself": {
        "fr": "l’action s’exclut elle-même\u00a0: la seconde fois, il pourrait ne rester personne",
        "en": "the action excludes itself: the second time there may be nobody left",
    },
    "too_few_people": {
        "fr": "la séparation avec {others} ne laisse personne pour faire cette action",
        "en": "the separation from {others} leaves nobody to take this action",
    },
    "timer_not_allowed": {
        "fr": "le délai la fait prendre par le système, que «\u00a0by\u00a0» ne nomme pas (ajoutez «\u00a0system\u00a0»)",
        "en": "a time limit lets the system take it, and “by” does not name it (add “system”)",
    },
    "timer_cannot_answer": {
        "fr": "le délai la fait prendre par le système, "
        "qui ne peut ni remplir «\u00a0asks\u00a0» ni passer par «\u00a0via\u00a0»",
        "en": "a time limit lets the system take it, which can neither fill in “asks” nor go through “via”",
    },
    "system_confirms": {
        "fr": "elle demande un mot de passe («\u00a0confirm_identity\u00a0»), "
        "et le système, que «\u00a0by\u00a0» nomme, n’en a pas",
        "en": "it asks for a password (“confirm_identity”), and the system, which “by” names, has none",
    },
    "timer_loop": {
        "fr": "les délais font tourner un dossier en rond sans que personne n’agisse",
        "en": "time limits make a file go round in a circle with nobody acting",
    },
    "never_taken": {
        "fr": "seul le système peut faire cette action, et aucun délai («\u00a0takes\u00a0») ne la prend",
        "en": "only the system may take this action, and no time limit (“takes”) does",
    },
    "starts_obsolete": {
        "fr": "les nouveaux dossiers commenceraient à une étape retirée («\u00a0obsolete\u00a0»)",
        "en": "new files would begin at a step that was taken out (“obsolete”)",
    },
    "leads_to_obsolete": {
        "fr": "elle mène à «\u00a0{value}\u00a0», une étape retirée («\u00a0obsolete\u00a0») où plus rien ne doit entrer",
        "en": "it leads to “{value}”, a step that was taken out (“obsolete”) and that nothing may enter any more",
    },
    "step_removed": {
        "fr": "l’étape a disparu alors que des dossiers s’y trouvent ({count})\u00a0; gardez-la avec obsolete = true",
        "en": "the step is gone while files stand there ({count}); keep it with obsolete = true",
    },
    "promise_broken": {
        "fr": "promesse rompue\u00a0: {never} est atteint sans {value}",
        "en": "promise broken: {never} is reached without {value}",
    },
    "house_promise_broken": {
        "fr": "promesse de la maison rompue\u00a0: {never} est atteint sans {value}",
        "en": "house promise broken: {never} is reached without {value}",
    },
    "apart_broken": {
        "fr": "promesse rompue\u00a0: une personne peut faire {other} puis {value}\u00a0; son apart_from doit citer {other}",
        "en": "promise broken: one person can do {other} and then {value}; its apart_from must name {other}",
    },
    "people_broken": {
        "fr": "promesse rompue\u00a0: {value} revient à des personnes, le système ne peut pas faire cette action",
        "en": "promise broken: {value} is for people, the system may not take this action",
    },
    "confirmed_broken": {
        "fr": "promesse rompue\u00a0: {value} demande un mot de passe «\u00a0confirm_identity\u00a0»",
        "en": "promise broken: {value} asks for a password (“confirm_identity”)",
    },
    "house_confirmed_broken": {
        "fr": "promesse de la maison rompue\u00a0: {value} demande un mot de passe «\u00a0confirm_identity\u00a0»",
        "en": "house promise broken: {value} asks for a password (“confirm_identity”)",
    },
    "house_people_broken": {
        "fr": "promesse de la maison rompue\u00a0: {value} revient à des personnes, "
        "le système ne peut pas faire cette action",
        "en": "house promise broken: {value} is for people, the system may not take this action",
    },
    "house_apart_broken": {
        "fr": "promesse de la maison rompue\u00a0: une personne peut faire {other} puis {value}, "
        "dont apart_from doit citer {other}",
        "en": "house promise broken: one person can do {other} and then {value}; its apart_from must name {other}",
    },
}
_KINDS = {
    "text": {"fr": "un texte", "en": "a text"},
    "number": {"fr": "un nombre entier", "en": "a whole number"},
    "flag": {"fr": "true ou false", "en": "true or false"},
    "texts": {"fr": "une liste de textes non vides", "en": "a list of texts, none empty"},
    "words": {"fr": 'un texte par langue, { fr = "…", en = "…" }', "en": 'a text a language, { fr = "…", en = "…" }'},
    "table": {"fr": "une table", "en": "a table"},
    "tables": {"fr": "une liste de tables", "en": "a list of tables"},
}
_LANGUAGES = {
    "fr": {"fr": "français", "en": "French"},
    "en": {"fr": "anglais", "en": "English"},
}
_PLACES = {
    "fr": {
        "step": "étape «\u00a0{0}\u00a0»",
        "action": "action «\u00a0{0}\u00a0»",
        "path": "Chemin\u00a0: ",
        "guess": "\u00a0; vouliez-vous dire «\u00a0{0}\u00a0»\u00a0?",
        "colon": "\u00a0: ",
    },
    "en": {
        "step": "step “{0}”",
        "action": "action “{0}”",
        "path": "Path: ",
        "guess": "; did you mean “{0}”?",
        "colon": ": ",
    },
}


@dataclass(frozen=True)
class Fault:
    """One thing wrong, and where: file, step, action, and the path that shows it.

    ``path`` alternates steps and actions as a file would go through them. ``code`` is for
    programs, `text` for people.
    """

    code: str
    file: str | None = None
    step: str | None = None
    action: str | None = None
    path: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def text(self, locale: str = "fr") -> str:
        """The whole sentence in French or English, with its place and its path."""
        locale = locale if locale in LOCALES else "fr"
        words = _PLACES[locale]
        places = [words[kind].format(code) for kind in ("step", "action") if (code := getattr(self, kind))]
        where = ", ".join([*([self.file] if self.file else []), *places])
        what = _TEXTS[self.code][locale].format(**self._said(locale))
        sentence = f"{where}{words['colon']}{what}." if where else f"{what[:1].upper()}{what[1:]}."
        return f"{sentence} {words['path']}{arrows(self.path)}." if self.path else sentence

    def _said(self, locale: str) -> dict[str, Any]:
        said = dict(self.data)
        known = said.get("known", ())
        if "kind" in said:
            said["kind"] = _KINDS[said["kind"]][locale]
        if "language" in said:
            said["language"] = _LANGUAGES[said["language"]][locale]
        near = get_close_matches(str(said.get("value", said.get("key", ""))).rpartition(".")[2], known, 1)
        if not near:
            near = get_close_matches(str(said.get("value", "")), known, 1)
        said["guess"] = _PLACES[locale]["guess"].format(near[0]) if near else ""
        said["known"] = ", ".join(map(str, known))
        return said


class DefinitionError(ValueError):
    """A definition that cannot be used; ``problems`` names every fault, not only the first."""

    def __init__(self, problems: Sequence[Fault]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(fault.text("en") for fault in self.problems))


def arrows(path: Sequence[str]) -> str:
    """A path as people read it: ``draft —submit→ eligibility``."""
    pieces = [path[0]] if path else []
    for act, place in zip(path[1::2], path[2::2], strict=False):
        pieces.append(f"—{act}→ {place}")
    if len(path) > 1 and len(path) % 2 == 0:
        pieces.append(f"—{path[-1]}→")
    return " ".join(pieces)
