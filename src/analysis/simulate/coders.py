"""Coders who agree with the consensus but for an exact number of planted slips."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .chance import generator, shuffled
from .interviews import Segment
from .plan import CodingRound, Merge, Plan, Slip

__all__ = ["CONSENSUS", "Coding", "codings"]

CONSENSUS = "consensus"

Applied = dict[tuple[str, str], set[str]]  # (coder, segment id) -> codes


@dataclass(frozen=True)
class Coding:
    """One code that one coder gave one segment."""

    segment: str
    coder: str
    code: str
    stage: str
    round: int
    version: int


def codings(plan: Plan, segments: list[Segment]) -> list[Coding]:
    """Return all codings: round by round as planned, then the consensus."""
    answered = [segment for segment in segments if segment.speaker == "participant"]
    found = [coding for planned in plan.rounds for coding in _round(plan, planned, answered)]
    final = max(coding.version for coding in plan.rounds)
    agreed = [(segment.id, code) for segment in answered for code in segment.codes]
    return found + [Coding(segment, CONSENSUS, code, "consensus", 1, final) for segment, code in agreed]


def _round(plan: Plan, planned: CodingRound, answered: list[Segment]) -> list[Coding]:
    rng = generator(plan.seed, f"coders:{planned.stage}:{planned.number}")
    one, two = plan.pair_of_coders
    known = {code.id for code in plan.codes if code.introduced <= planned.version}
    both = _of_cases(answered, planned.both)
    alone = _of_cases(answered, planned.first_only)
    applied: Applied = {
        (coder, segment.id): set(segment.codes) & known
        for coder, share in ((one, both + alone), (two, both))
        for segment in share
    }
    untouched = both
    for slip in planned.slips:
        untouched = _slip(applied, slip, known, shuffled(rng, untouched))
    for merge in plan.merges:
        if planned.version < merge.version:
            swapped = merge.swapped if planned.stage == "independent" else 0
            _unmerge(applied, merge, swapped, shuffled(rng, untouched), (one, two))
    return [
        Coding(segment, coder, code, planned.stage, planned.number, planned.version)
        for (coder, segment), codes in sorted(applied.items())
        for code in sorted(codes)
    ]


def _of_cases(segments: Iterable[Segment], cases: str) -> list[Segment]:
    wanted = cases.split()
    return [segment for segment in segments if segment.case in wanted]


def _slip(applied: Applied, slip: Slip, known: set[str], candidates: list[Segment]) -> list[Segment]:
    """Plant a slip in the first segments that it fits; return the others."""
    fits = [s for s in candidates if _fits(slip, set(s.codes) & known)][: slip.times]
    unknown = {slip.misses, slip.adds} - {""} - known
    if len(fits) < slip.times or unknown:
        raise ValueError(f"{slip} cannot be planted: it fits {len(fits)} segments; unknown codes: {unknown}.")
    for segment in fits:
        codes = applied[slip.coder, segment.id]
        codes -= {slip.misses}
        codes |= {slip.adds} - {""}
    taken = {segment.id for segment in fits}
    return [segment for segment in candidates if segment.id not in taken]


def _fits(slip: Slip, codes: set[str]) -> bool:
    return slip.adds not in codes and (slip.misses in codes if slip.misses else True)


def _unmerge(
    applied: Applied, merge: Merge, swapped: int, untouched: list[Segment], coders: tuple[str, str]
) -> None:
    """Put the earlier code back: in every second segment, and for one coder alone in `swapped` segments."""
    swaps = [s.id for s in untouched if merge.new in s.codes][:swapped]
    if len(swaps) < swapped:
        raise ValueError(f"{merge.old}: {swapped} swaps planted, {len(swaps)} segments are free.")
    carrying = sorted({segment for (_, segment), codes in applied.items() if merge.new in codes})
    for position, segment in enumerate(carrying):
        for coder in coders:
            codes = applied.get((coder, segment), set())
            is_old = (position % 2 == 1) != (segment in swaps and coder == coders[1])
            if merge.new in codes and is_old:
                codes.symmetric_difference_update({merge.new, merge.old})
