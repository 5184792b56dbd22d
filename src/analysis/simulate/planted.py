"""The planted truth of a simulated study, for tests to compare an analysis with.

It is counted from the plan alone, never from the tables that are written.
"""

from __future__ import annotations

from dataclasses import dataclass

from .plan import CodingRound, Plan

__all__ = ["Contingency", "Truth", "of"]

# Hill et al. 2005 for the sizes that occur here, typed in so that no rule is shared with the analysis.
# The position of a word is the number of participants.
LABELS = {
    6: " other variant variant typical general general",
    7: " other variant variant typical typical general general",
    19: " other rare rare" + " variant" * 6 + " typical" * 8 + " general" * 2,
}


@dataclass(frozen=True)
class Contingency:
    """Participant segments that both coders saw, by who applied the code: both, one alone, neither."""

    both: int
    first: int
    second: int
    neither: int

    @property
    def n(self) -> int:
        """Segments that both coders saw."""
        return self.both + self.first + self.second + self.neither

    @property
    def different(self) -> int:
        """Segments coded differently."""
        return self.first + self.second


@dataclass(frozen=True)
class Truth:
    """What an analysis of a simulated study must find.

    Attributes
    ----------
    cases : dict
        Group -> number of participants.
    segments_by_case : dict
        Participant -> number of participant segments (questions of the interviewer not counted).
    mentions : dict
        Code -> participant -> consensus segments, only where there are any; as coded, without subcodes.
    together : dict
        (code, code), sorted -> segments that carry both.
    double_coded : tuple
        Participants whose transcript two people coded independently.
    agreement : dict
        (stage, round) -> code -> Contingency of the two coders, after recodes. A code that the round's
        codebook did not hold yet is absent.
    in_place : dict
        (stage, round) -> (coder, code left out, code applied in its place) -> segments.
    segments_different : dict
        (stage, round) -> segments whose set of codes differs between the two coders, after recodes.
    swapped : dict
        (stage, round) -> segments that differ only before recodes.
    not_charted, charted_only : tuple of (case, code)
        Gaps of the framework matrix: segments but no summary; a summary but no segment.
    not_asked : tuple of (case, domain)
        Questions that an interview did not reach.
    labels : dict
        (code, group or "all", "as_coded" or "descendants") -> cqr2005 label; empty where nobody raised it.

    Examples
    --------
    >>> from analysis import simulate
    >>> simulate.truth("duffy2023_simulated").n_cases("training", "provider")
    4
    """

    study: str
    cases: dict[str, int]
    group_of: dict[str, str]
    parent_of: dict[str, str]
    segments_by_case: dict[str, int]
    mentions: dict[str, dict[str, int]]
    shared_segments: dict[tuple[str, str], tuple[str, ...]]
    double_coded: tuple[str, ...]
    agreement: dict[tuple[str, int], dict[str, Contingency]]
    in_place: dict[tuple[str, int], dict[tuple[str, str, str], int]]
    segments_different: dict[tuple[str, int], int]
    swapped: dict[tuple[str, int], int]
    not_charted: tuple[tuple[str, str], ...]
    charted_only: tuple[tuple[str, str], ...]
    not_asked: tuple[tuple[str, str], ...]
    labels: dict[tuple[str, str, str], str]

    @property
    def n_segments(self) -> int:
        """Participant segments in the study."""
        return sum(self.segments_by_case.values())

    @property
    def together(self) -> dict[tuple[str, str], int]:
        """Segments that carry both of two codes."""
        return {pair: len(cases) for pair, cases in self.shared_segments.items()}

    def family(self, code: str, rollup: str = "as_coded") -> tuple[str, ...]:
        """Return the code, and with ``rollup="descendants"`` everything below it."""
        if rollup == "as_coded":
            return (code,)
        below = [child for child, parent in self.parent_of.items() if parent == code]
        return (code, *(code for child in below for code in self.family(child, rollup)))

    def contributors(self, code: str, group: str = "all", rollup: str = "as_coded") -> tuple[str, ...]:
        """Return the participants who raise a code, in the order of the case table."""
        raised = [self.mentions[member] for member in self.family(code, rollup)]
        inside = [case for case, own in self.group_of.items() if group in ("all", own)]
        return tuple(case for case in inside if any(case in row for row in raised))

    def n_cases(self, code: str, group: str = "all", rollup: str = "as_coded") -> int:
        """Return how many participants raise a code."""
        return len(self.contributors(code, group, rollup))

    def n_coded(self, code: str, group: str = "all", rollup: str = "as_coded") -> int:
        """Return how many segments carry a code; a segment with two codes of one family counts once."""
        family = self.family(code, rollup)
        total = sum(
            n for member in family for case, n in self.mentions[member].items() if self._in(case, group)
        )
        twice = [
            case
            for (first, second), cases in self.shared_segments.items()
            if first in family and second in family
            for case in cases
            if self._in(case, group)
        ]
        return total - len(twice)

    def n_asked(self, domain: str, group: str = "all") -> int:
        """Return how many participants were asked about a domain."""
        skipped = {case for case, missed in self.not_asked if missed == domain}
        return sum(case not in skipped for case in self.group_of if self._in(case, group))

    def _in(self, case: str, group: str) -> bool:
        return group in ("all", self.group_of[case])


def of(plan: Plan) -> Truth:
    """Return the truth that a plan plants."""
    mentions = {code.id: {c: n for c, n in plan.mentions(code).items() if n} for code in plan.codes}
    shared = {_sorted(pair.first, pair.second): tuple(pair.cases.split()) for pair in plan.pairs}
    by_case = {
        case.id: case.uncoded
        + sum(row.get(case.id, 0) for row in mentions.values())
        - sum(case.id in cases for cases in shared.values())
        for case in plan.cases
    }
    rounds = {(r.stage, r.number): r for r in plan.rounds}
    swaps = sum(merge.swapped for merge in plan.merges)
    unlabelled = Truth(
        study=plan.study,
        cases={group: sum(case.group == group for case in plan.cases) for group in plan.groups},
        group_of={case.id: case.group for case in plan.cases},
        parent_of={code.id: code.parent for code in plan.codes},
        segments_by_case=by_case,
        mentions=mentions,
        shared_segments=shared,
        double_coded=tuple(
            sorted({c for r in plan.rounds if r.stage == "independent" for c in r.both.split()})
        ),
        agreement={key: _agreement(plan, r, mentions, by_case) for key, r in rounds.items()},
        in_place={key: _in_place(r) for key, r in rounds.items()},
        segments_different={key: sum(slip.times for slip in r.slips) for key, r in rounds.items()},
        swapped={key: swaps if _precedes(plan, r) else 0 for key, r in rounds.items()},
        not_charted=plan.not_charted,
        charted_only=plan.charted_only,
        not_asked=plan.not_asked,
        labels={},
    )
    return _labelled(unlabelled) if plan.labelled else unlabelled


def _agreement(
    plan: Plan, coding: CodingRound, mentions: dict[str, dict[str, int]], by_case: dict[str, int]
) -> dict[str, Contingency]:
    seen = coding.both.split()
    n = sum(by_case[case] for case in seen)
    tables = {}
    for code in plan.codes:
        if code.introduced > coding.version:
            continue
        present = sum(mentions[code.id].get(case, 0) for case in seen)
        one, two = plan.pair_of_coders
        missed = {who: _slips(coding, who, misses=code.id) for who in (one, two)}
        both = present - missed[one] - missed[two]
        first = missed[two] + _slips(coding, one, adds=code.id)
        second = missed[one] + _slips(coding, two, adds=code.id)
        tables[code.id] = Contingency(both, first, second, n - both - first - second)
    return tables


def _slips(coding: CodingRound, coder: str, **what: str) -> int:
    ((kind, code),) = what.items()
    return sum(s.times for s in coding.slips if s.coder == coder and getattr(s, kind) == code)


def _in_place(coding: CodingRound) -> dict[tuple[str, str, str], int]:
    return {(s.coder, s.misses, s.adds): s.times for s in coding.slips if s.misses and s.adds}


def _precedes(plan: Plan, coding: CodingRound) -> bool:
    return coding.stage == "independent" and any(coding.version < merge.version for merge in plan.merges)


def _labelled(truth: Truth) -> Truth:
    sizes = {**truth.cases, "all": sum(truth.cases.values())}
    words = {n: LABELS[n].split(" ") for n in set(sizes.values())}
    labels = {
        (code, group, rollup): words[n][truth.n_cases(code, group, rollup)]
        for code in truth.mentions
        for group, n in sizes.items()
        for rollup in ("as_coded", "descendants")
    }
    return Truth(**{**truth.__dict__, "labels": labels})


def _sorted(first: str, second: str) -> tuple[str, str]:
    return (first, second) if first < second else (second, first)
