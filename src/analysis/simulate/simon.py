"""The study simulated after Simon et al. 2021: ten commissioners and managers, the Framework Method.

Stated in the abstract: ten participants, each transcript coded by two people, three main themes and what
they name. Every digit, coder, round, slip, summary and sentence is invented.
"""

from __future__ import annotations

from .plan import Case, Code, CodingRound, Merge, Pair, Plan, Slip

__all__ = ["PLAN"]

ORDER = (3, 6, 1, 8, 5, 10, 2, 7, 9, 4)
UNCODED = (5, 6, 5, 4, 4, 5, 6, 4, 6, 6)
SETTINGS = ("urban", "mixed", "rural")
EXPERIENCE = ("under 5 years", "5 to 10 years", "over 10 years")
GROUP = "commissioners_and_managers"
ALL = " ".join(f"P{number:02d}" for number in range(1, 11))
FACE_TO_FACE, INTERNET, ROLLOUT = "face_to_face_therapy", "internet_therapy", "internet_therapy_rollout"


def _case(number: int) -> Case:
    return Case(
        id=f"P{number:02d}",
        group=GROUP,
        interview_order=ORDER[number - 1],
        uncoded=UNCODED[number - 1],
        consent_quote=number != 8,
        consent_share=number not in (2, 8),
        setting=SETTINGS[number % 3],
        experience=EXPERIENCE[number * 2 % 3],
    )


CODES = (
    Code("capacity", "Lack of capacity, and a way out", "capacity", "..........",
         "Too little capacity for therapy, and internet-based therapy as an answer.", a_priori=True),
    Code("capacity_lacking", "Lack of capacity blocks face-to-face therapy", "capacity", "2121222121",
         "Too few therapists, hours or rooms for those who are waiting.",
         parent="capacity", level=2, influence="barrier", influence_on=FACE_TO_FACE, a_priori=True),
    Code("capacity_driver", "Internet-based therapy offers a way out", "capacity", "12211.2211",
         "The same lack as a reason to turn to therapy over the internet.",
         parent="capacity", level=2, influence="facilitator", influence_on=INTERNET),
    Code("quality_kept", "So long as quality is not compromised", "capacity", ".1.1.1..2.",
         "The way out is taken on the condition that quality is kept.",
         parent="capacity", level=2, influence="condition", influence_on=INTERNET),
    Code("acceptance", "Growing acceptance despite reservations", "acceptance", "1..1...1..",
         "Internet-based therapy is more and more accepted, with reservations.", a_priori=True),
    Code("accessible", "Accessible", "acceptance", "112.11121.",
         "It can be reached at any hour and from anywhere.", parent="acceptance", level=2),
    Code("empowering", "Empowering", "acceptance", ".1.11.1..1",
         "People take their treatment into their own hands.", parent="acceptance", level=2),
    Code("guided_preferred", "Guided self-help preferred", "acceptance", "1.1211.11.",
         "Programmes with a person behind them are preferred to unguided ones.",
         parent="acceptance", level=2, introduced=2),
    Code("may_exclude", "May exclude some", "acceptance", "11.1121111",
         "People without the means, skills or words for it are left out.", parent="acceptance", level=2),
    Code("may_threaten_relationship", "May threaten the therapeutic relationship", "acceptance", "1.112.111.",
         "What passes between therapist and patient may suffer.", parent="acceptance", level=2),
    Code("rollout", "What helps and holds back roll-out", "rollout", "..........",
         "Conditions under which internet-based therapy is rolled out.", a_priori=True),
    Code("evidence", "Evidence", "rollout", "1111.2.2.1",
         "Trials and local figures that decisions can rest on.",
         parent="rollout", level=2, influence="facilitator", influence_on=ROLLOUT, a_priori=True),
    Code("national_coordination", "National coordination", "rollout", ".1.1..1...",
         "One choice, contract or standard for the country.",
         parent="rollout", level=2, influence="facilitator", influence_on=ROLLOUT),
    Code("training_supervision", "Timely training and supervision", "rollout", "2111121101",
         "Staff are trained and supervised in time.",
         parent="rollout", level=2, influence="facilitator", influence_on=ROLLOUT, a_priori=True),
    Code("setup_costs", "Set-up costs", "rollout", "12.11.11.1",
         "Money and work that are due before anything is saved.",
         parent="rollout", level=2, influence="barrier", influence_on=ROLLOUT, a_priori=True),
    Code("nhs_inflexibility", "NHS inflexibility", "rollout", "....1.....",
         "Rules and systems of the NHS that do not bend.",
         parent="rollout", level=2, influence="barrier", influence_on=ROLLOUT),
)  # fmt: skip

PAIRS = (
    Pair("capacity_lacking", "capacity_driver", "P01 P02 P05 P07"),
    Pair("capacity_driver", "quality_kept", "P02 P09"),
    Pair("accessible", "empowering", "P02 P07"),
    Pair("accessible", "may_exclude", "P06"),
    Pair("evidence", "national_coordination", "P02"),
    Pair("training_supervision", "setup_costs", "P04"),
)

ROUNDS = (
    CodingRound(
        "training",
        1,
        both="P03 P07",
        slips=(
            Slip("B", 2, misses="capacity_driver", adds="capacity_lacking"),
            Slip("A", 1, misses="accessible"),
            Slip("B", 1, adds="empowering"),
            Slip("B", 1, misses="evidence"),
        ),
    ),
    CodingRound(
        "independent",
        1,
        both=ALL,
        slips=(
            Slip("A", 1, misses="capacity_lacking"),
            Slip("B", 1, misses="capacity_lacking"),
            Slip("B", 1, adds="capacity_lacking"),
            Slip("B", 3, misses="capacity_driver", adds="capacity_lacking"),
            Slip("B", 2, misses="quality_kept"),
            Slip("A", 1, adds="quality_kept"),
            Slip("A", 2, misses="accessible"),
            Slip("B", 2, adds="accessible"),
            Slip("A", 2, misses="empowering", adds="accessible"),
            Slip("B", 1, misses="may_exclude"),
            Slip("A", 2, misses="may_threaten_relationship"),
            Slip("B", 1, adds="may_threaten_relationship"),
            Slip("B", 1, misses="evidence"),
            Slip("A", 1, misses="national_coordination"),
            Slip("B", 1, misses="training_supervision"),
            Slip("A", 1, adds="training_supervision"),
            Slip("B", 1, misses="nhs_inflexibility"),
        ),
    ),
    CodingRound(
        "independent",
        2,
        both=ALL,
        version=2,
        slips=(
            Slip("B", 1, misses="capacity_lacking"),
            Slip("B", 1, misses="capacity_driver", adds="capacity_lacking"),
            Slip("B", 2, misses="quality_kept"),
            Slip("A", 2, adds="quality_kept"),
            Slip("A", 1, misses="acceptance"),
            Slip("B", 1, misses="empowering", adds="accessible"),
            Slip("A", 2, misses="guided_preferred"),
            Slip("B", 1, adds="guided_preferred"),
            Slip("A", 1, misses="may_threaten_relationship"),
            Slip("B", 2, misses="evidence"),
            Slip("A", 1, adds="setup_costs"),
        ),
    ),
)

MERGES = (
    Merge(
        old="impersonal",
        new="may_threaten_relationship",
        version=2,
        swapped=2,
        date="2021-01-18",
        by="A",
        why="Impersonal was applied in place of the relationship code; both describe one concern.",
    ),
)

PLAN = Plan(
    study="simon2021_simulated",
    seed=20210331,
    cases=tuple(_case(number) for number in range(1, 11)),
    codes=CODES,
    pairs=PAIRS,
    rounds=ROUNDS,
    coders=(("A", "coder", "a university (simulated)"), ("B", "coder", "a university (simulated)")),
    domains=("capacity", "acceptance", "rollout"),
    merges=MERGES,
    charted=True,
    not_charted=(("P04", "quality_kept"), ("P06", "may_exclude"), ("P10", "setup_costs")),
    charted_only=(("P01", "empowering"), ("P08", "national_coordination")),
    asks=True,
    not_asked=(("P09", "rollout"),),
)
