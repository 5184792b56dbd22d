"""The study simulated after Duffy et al. 2023: three groups, a descriptive-interpretive analysis.

Stated in the abstract: the three groups and their sizes, the categories and whose they are, that training is
shared, the barriers and facilitators by name. Every digit, label, coder, slip and sentence is invented.
"""

from __future__ import annotations

from .plan import Case, Code, CodingRound, Pair, Plan, Remark, Slip

__all__ = ["PLAN"]

ORDER = (2, 5, 8, 11, 15, 18, 1, 4, 9, 12, 14, 19, 3, 6, 7, 10, 13, 16, 17)
UNCODED = (4, 4, 6, 6, 6, 5, 8, 4, 4, 8, 5, 7, 4, 5, 5, 7, 7, 5, 4)
SETTINGS = ("urban", "rural", "mixed")
EXPERIENCE = ("under 2 years", "2 to 5 years", "over 5 years")
SERVICE = "icbt_in_routine_service"


def _case(number: int) -> Case:
    group = "provider" if number <= 6 else "commercial" if number <= 12 else "patient"
    return Case(
        id=f"P{number:02d}",
        group=group,
        interview_order=ORDER[number - 1],
        uncoded=UNCODED[number - 1],
        consent_quote=number not in (5, 17),
        consent_share=number not in (5, 9, 17),
        setting=SETTINGS[number % 3],
        experience="" if group == "patient" else EXPERIENCE[number * 2 % 3],
    )


#                             provider commercial patient: one digit a participant
CODES = (
    Code("leadership_management", "Leadership and management", "practice", "323223 ...... .......",
         "How a service is led and managed while internet-delivered CBT is brought in."),
    Code("training", "Training", "practice", "22.2.3 232323 .......",
         "Preparing clinicians to work with the programme: what is taught, when, and by whom."),
    Code("feedback_to_commercial", "Feedback to the commercial side", "practice", "2..3.2 ...... .......",
         "What services report back to the company, and what becomes of it."),
    Code("work_structures", "Work structures", "practice", "33223. ...... .......",
         "Rotas, case loads, rooms and pathways that the work is fitted into."),
    Code("right_people", "The right people at every level", "practice", "...... 22323. .......",
         "Finding and keeping the people, from front desk to board, whom a launch depends on."),
    Code("responsiveness", "Responsiveness", "practice", "...... .33.32 .......",
         "How quickly and fully the company answers what a service asks for."),
    Code("clinician_attitudes", "Negative clinician attitudes", "context", "2.12.1 1.2.1. .......",
         "Doubts of clinicians about therapy over the internet.",
         influence="barrier", influence_on=SERVICE),
    Code("technical_problems", "Technical problems", "context", "12..1. .12.1. .......",
         "Log-ins, machines, networks and records that do not work as they should.",
         influence="barrier", influence_on=SERVICE),
    Code("covid_exposure", "Exposure through COVID-19", "context", "1.22.1 12.12. .......",
         "The pandemic as the occasion on which people came to know remote therapy.",
         influence="facilitator", influence_on=SERVICE),
    Code("perseverance", "Perseverance over time", "context", "....2. 1...12 .......",
         "Keeping at it until the new way of working has settled.",
         influence="facilitator", influence_on=SERVICE),
    Code("good_experience", "Good experience overall", "experience", "...... ...... 445.644",
         "The course as a whole is described as having been good."),
    Code("more_information", "More information wanted", "experience", "...... ...... ..1...2",
         "A wish to have been told more, wherever from."),
    Code("more_information_supporter", "From the supporter", "experience", "...... ...... 3.43..3",
         "A wish to have been told more by the supporter.", parent="more_information", level=2),
    Code("more_information_intervention", "From the intervention", "experience", "...... ...... 35.3.43",
         "A wish that the programme itself explained more.", parent="more_information", level=2),
)  # fmt: skip

PAIRS = (
    Pair("training", "leadership_management", "P01 P04"),
    Pair("training", "clinician_attitudes", "P06 P09"),
    Pair("work_structures", "technical_problems", "P02"),
    Pair("right_people", "responsiveness", "P08 P11"),
    Pair("covid_exposure", "perseverance", "P07"),
    Pair("good_experience", "more_information_supporter", "P13 P15"),
    Pair("more_information_intervention", "more_information_supporter", "P19"),
)

ROUNDS = (
    CodingRound(
        "independent",
        1,
        both="P01 P04 P06 P08 P09 P11 P13 P16 P19",
        first_only="P02 P03 P05 P07 P10 P12 P14 P15 P17 P18",
        slips=(
            Slip("B", 2, misses="leadership_management"),
            Slip("A", 1, adds="leadership_management"),
            Slip("B", 2, misses="work_structures", adds="leadership_management"),
            Slip("A", 1, misses="training"),
            Slip("B", 1, adds="training"),
            Slip("A", 1, misses="feedback_to_commercial"),
            Slip("B", 2, misses="right_people", adds="training"),
            Slip("B", 2, misses="good_experience"),
            Slip("A", 1, misses="good_experience"),
            Slip("B", 2, adds="good_experience"),
            Slip("A", 2, misses="more_information_supporter", adds="more_information_intervention"),
            Slip("B", 1, misses="more_information", adds="more_information_supporter"),
            Slip("A", 1, misses="clinician_attitudes"),
            Slip("B", 1, adds="clinician_attitudes"),
            Slip("B", 1, misses="technical_problems"),
            Slip("B", 1, misses="perseverance"),
            Slip("A", 2, adds="perseverance"),
        ),
    ),
)

REMARKS = (
    Remark("training", "Providers and company staff may mean different things by training.",
           "One category kept; the definition now names what, when and by whom.", "2022-03-07"),
    Remark("work_structures", "Overlaps with leadership and management in several segments.",
           "Segments read again; management kept for decisions, structures for what follows from them.",
           "2022-03-07"),
    Remark("responsiveness", "Is this about speed alone?", "No: speed and completeness; definition widened.",
           "2022-03-09"),
    Remark("more_information", "Supporter and programme should be told apart.",
           "Two subcategories made; two participants stay with the general category.", "2022-03-14"),
    Remark("good_experience", "Look for participants who do not fit.",
           "One participant describes no good experience overall; said so in the account.", "2022-03-14"),
    Remark("perseverance", "Thin: few segments, and the two coders differ.",
           "Kept as a category of its own; marked as resting on few participants.", "2022-03-16"),
)  # fmt: skip

PLAN = Plan(
    study="duffy2023_simulated",
    seed=20230823,
    cases=tuple(_case(number) for number in range(1, 20)),
    codes=CODES,
    pairs=PAIRS,
    rounds=ROUNDS,
    coders=(
        ("A", "coder", "a university (simulated)"),
        ("B", "coder", "an internet-therapy company (simulated)"),
        ("C", "auditor", "a university (simulated)"),
    ),
    domains=("practice", "context", "experience"),
    remarks=REMARKS,
    labelled=True,
)
