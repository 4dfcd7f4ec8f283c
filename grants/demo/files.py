"""The acts on a file before anybody decides: written, submitted, checked, scored, recommended, returned, withdrawn."""

from grants import lifecycle
from grants.appraisal import operations as appraisal
from grants.appraisal import queries as sheets
from grants.core import clock
from grants.core.texts import pick
from grants.demo.papers import paper, photo
from grants.demo.world import Story, World
from grants.projects import operations, parts
from grants.projects.editions import kind_of

_COMMENTS = (
    "Groupement soudé, cahiers tenus, marché proche et connu.",
    "Activité déjà menée en petit ; prix vérifiés au marché.",
    "Bureau renouvelé dans les règles ; les femmes décident.",
    "Plan d’affaires prudent, apport déjà réuni.",
)
_GAPS = (
    (
        "budget",
        "Le devis de la première ligne date de plus de trois mois : joindre un devis récent et ajuster le prix.",
    ),
    ("papers", "Le procès-verbal de l’assemblée n’est pas signé par la secrétaire."),
    ("section:people", "Le nombre de femmes ne correspond pas à la liste des membres."),
)


class Filing:
    """The acts on one file until the committee has it."""

    def __init__(self, story: Story, world: World):
        self.story, self.world = story, world
        self.team = world.team(story)
        self.first, self.second = self.team.appraisers if story.number % 2 else self.team.appraisers[::-1]

    @property
    def project(self):
        return self.story.project

    def _do(self, action: str, by, **data) -> None:
        lifecycle.perform(self.project, action, by=by, data=data)

    @property
    def agent(self):
        return self.world.agent(self.story)

    # ------------------------------------------------------------------------------------------------------- writing

    def begin(self) -> None:
        """Begin the draft and write its first two sections."""
        story = self.story
        story.project = operations.start_draft(
            call=self.world.calls[story.call],
            group=story.guild.group,
            kind=story.kind,
            title=story.application.title,
            spoke_for_group=story.guild.officers["president"][0],
            by=self.agent,
        )
        self._write(2)

    def complete(self) -> None:
        """Write everything that is left."""
        self._write(None)
        operations.save_budget(self.project, self.story.application.budget, by=self.agent)
        for wanted in parts.wanted_papers(self.project):
            if wanted.mandatory:
                title = pick(wanted.label)
                operations.attach_paper(self.project, wanted.code, paper(title, f"{wanted.code}.pdf"), by=self.agent)

    def _write(self, most: int | None) -> None:
        for section in kind_of(self.project).questionnaire.sections[:most]:
            answers = self.story.application.answers.get(section.code)
            if answers is not None:
                operations.save_section(self.project, section.code, _chosen(section, answers), by=self.agent)

    def submit(self) -> None:
        self._do("submit", self.agent)

    def resubmit(self) -> None:
        """Correct what was unlocked and submit it again."""
        answers = self.project.unlocked or []
        if "papers" in answers:
            note = "Procès-verbal signé par la secrétaire"
            operations.attach_paper(self.project, "other", paper(note), by=self.agent, note=note)
        if "budget" in answers:
            lines = [dict(line) for line in self.story.application.budget]
            lines[0]["unit_price"] -= 500
            operations.save_budget(self.project, lines, by=self.agent)
        self._do("resubmit", self.agent)

    def withdraw(self) -> None:
        self._do("withdraw", self.agent, reason="Le groupement a trouvé un autre financement.")

    # ----------------------------------------------------------------------------------------------------- appraisal

    def send_back(self) -> None:
        part, reason = _GAPS[self.story.number % len(_GAPS)]
        self._do("return_for_completion", self.first, reason=reason, parts=[part])

    def declare_eligible(self) -> None:
        appraisal.answer_eligibility(self.project, self._answers(), by=self.first)
        self._do("declare_eligible", self.first)

    def declare_ineligible(self) -> None:
        """One answer is no, and the file ends there."""
        answers = self._answers()
        answers[next(iter(answers))] = {
            "answer": "no",
            "note": "Aucune réunion depuis un an, selon le chef de village.",
        }
        appraisal.answer_eligibility(self.project, answers, by=self.first)
        reason = "Le groupement n’exerce plus : aucune réunion depuis un an."
        self._do("declare_ineligible", self.first, reason=reason)

    # ------------------------------------------------------------------------------------------- refusals and appeals

    @property
    def _speaker(self) -> str:
        name, sex = self.story.guild.officers["president"]
        return f"{name}, {'présidente' if sex == 'F' else 'président'}"

    def tell_refusal(self) -> None:
        self._do("tell_refusal", self.agent, told_on=clock.today(), told_to=self._speaker)

    def contest(self) -> None:
        """The group speaks, its agent writes."""
        reasons = (
            "Nous avons vendu tout le stock de la saison : le cahier de caisse le montre, et personne ne l’a demandé."
        )
        values = {"lodged_on": clock.today(), "way": "spoken", "spoken_by": self._speaker}
        self._do("lodge_appeal", self.agent, reasons=reasons, papers=[photo(self.story.number, "cahier.jpg")], **values)

    def admit_appeal(self) -> None:
        finding = "Introduit à temps par une personne mandatée ; le cahier de caisse est une pièce nouvelle."
        self._do("admit_appeal", self.world.cast.coordinator, finding=finding)

    def dismiss_appeal(self) -> None:
        reason = "Le recours répète la demande : il n’apporte ni fait nouveau ni pièce."
        self._do("dismiss_appeal", self.world.cast.coordinator, reason=reason)

    def _answers(self) -> dict:
        questions = sheets.rules_of(self.project).eligibility_questions
        return {question.code: {"answer": "yes", "note": ""} for question in questions}

    def screen(self) -> None:
        """Fill in the screening sheet; some files need a measure."""
        kind, given = kind_of(self.project), {}
        moderate = [q.code for q in kind.screening if q.yes == "moderate" and q.measure]
        risky = moderate[:1] if self.story.number % 3 == 0 else []
        for question in kind.screening:
            given[question.code] = question.code in risky
            if question.code in risky:
                given[f"{question.code}_measure"] = pick(question.measure)
        appraisal.screen(self.project, given, by=self.first)

    def visit_site(self) -> None:
        guild = self.story.guild
        appraisal.record_field_check(
            self.project,
            visited_on=clock.today(),
            met=f"{guild.officers['president'][0]}, présidence ; le chef de village de {guild.village.name}"[:200],
            findings=f"Site vu à {guild.village.name} : il convient et appartient au groupement. "
            f"{guild.women // 2} femmes étaient présentes ; les prix du budget sont ceux du marché.",
            confirmed=True,
            photo=photo(self.story.number),
            by=self.first,
        )

    def score_first(self) -> None:
        self._score(self.first, 0)

    def score_second(self) -> None:
        self._score(self.second, 1)

    def _score(self, by, offset: int) -> None:
        """Points of an appraiser: mostly four, one criterion weaker, so that two sheets stay close."""
        number = self.story.number
        points = {}
        for place, criterion in enumerate(sheets.rules_of(self.project).score_grid):
            points[criterion.code] = criterion.most - 1 - ((place + number + offset) % 4 == 0) - (number % 5 == 0)
        comment = _COMMENTS[(number + offset) % len(_COMMENTS)]
        appraisal.file_score_sheet(self.project, scores=points, opinion="favourable", comment=comment, by=by)

    def recommend(self) -> None:
        self._do("recommend", self.first)


def _chosen(section, answers: dict) -> dict:
    """The answers with the first choice of the questionnaire where they leave it open."""
    given = {}
    for code, value in answers.items():
        field = section.field(code)
        if field.kind == "table":
            value = [
                {name: field.column(name).choices[0].code if cell == "@first" else cell for name, cell in row.items()}
                for row in value
            ]
        given[code] = value
    return given
