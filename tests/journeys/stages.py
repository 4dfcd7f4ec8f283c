"""The stages of the journey, in their order; each takes the `Play` and leaves what it made in `play.known`."""

from tests.journeys import appraising, deciding, paying, preparing, taking_over

STAGES = (
    preparing.registers_the_group,
    preparing.verifies_the_account,
    preparing.writes_the_application,
    preparing.attaches_papers_and_submits,
    taking_over.reads_the_list,
    taking_over.answers_its_questions,
    taking_over.a_group_of_the_list_applies,
    appraising.returns_for_completion,
    appraising.declares_eligible,
    appraising.screens_and_visits,
    appraising.score_independently,
    appraising.recommends,
    deciding.convenes,
    deciding.opens_the_session,
    deciding.votes_and_awards,
    deciding.signs_the_minutes,
    deciding.issues_the_contract,
    deciding.reads_the_contract,
    deciding.signs_the_contract,
    deciding.files_the_signed_paper,
    deciding.anybody_verifies_the_contract,
    paying.brings_the_contribution,
    paying.pays_every_tranche,
    paying.closes_the_file,
)
