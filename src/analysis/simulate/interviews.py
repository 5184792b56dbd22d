"""From a plan to transcripts: turns, segments with positions, and what the segments are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .chance import generator, shuffled
from .plan import Case, Plan
from .text import Grammar

__all__ = ["Interview", "Segment", "Turn", "interviews"]

HEADER = "Simulated interview {case}. Written by a program for testing; nobody said this.\n\n"
LABELS = {"interviewer": "Interviewer: ", "participant": "Participant: "}
WITH_TAIL = 0.3
OPENING, CLOSING = "opening", "closing"

Topics = tuple[str, ...]  # the codes of one segment


@dataclass(frozen=True)
class Turn:
    """What one speaker says until the other speaks; code points, half-open."""

    start: int
    end: int
    speaker: str


@dataclass(frozen=True)
class Segment:
    """A stretch of a transcript and the codes that it is planted to carry."""

    id: str
    case: str
    start: int
    end: int
    text: str
    speaker: str
    question: str
    codes: Topics


@dataclass(frozen=True)
class Interview:
    """A transcript with its turns and segments."""

    case: str
    text: str
    turns: tuple[Turn, ...]
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Said:
    """One turn before it has a place: its question and, a segment each, codes and words."""

    speaker: str
    question: str
    parts: tuple[tuple[Topics, str], ...]


def interviews(plan: Plan, templates: Mapping[str, Sequence[str]]) -> list[Interview]:
    """Return one transcript a case, in the order of the case table."""
    rng = generator(plan.seed, "interviews")
    grammar = Grammar(templates, rng)
    return [_placed(case.id, _conversation(plan, case, grammar, rng)) for case in plan.cases]


def _conversation(plan: Plan, case: Case, grammar: Grammar, rng: np.random.Generator) -> list[Said]:
    opening = case.uncoded - case.uncoded // 2
    blocks: list[tuple[str, list[Topics]]] = [
        (OPENING, [()] * opening),
        *((domain, shuffled(rng, _topics(plan, case, domain))) for domain in plan.domains),
        (CLOSING, [()] * (case.uncoded - opening)),
    ]
    conversation: list[Said] = []
    for number, (block, topics) in enumerate(blocks, start=1):
        answers = [topics] if block in (OPENING, CLOSING) else _runs(topics, rng)
        for position, answer in enumerate(answers):
            ask = grammar.repeatable("ask:more" if position else f"ask:{block}")
            question = f"q{number}_{block}"
            conversation.append(Said("interviewer", question, (((), ask),)))
            parts = tuple((codes, _words(codes or (block,), grammar, rng)) for codes in answer)
            conversation.append(Said("participant", question, parts))
    return conversation


def _runs(topics: list[Topics], rng: np.random.Generator) -> list[list[Topics]]:
    """Cut a list into turns of one to three segments."""
    runs = []
    while topics:
        size = 1 + int(rng.random() * 3)
        runs.append(topics[:size])
        topics = topics[size:]
    return runs


def _topics(plan: Plan, case: Case, domain: str) -> list[Topics]:
    """Return the codes of each segment in one domain; a pair stands where its first code belongs."""
    left = {code.id: plan.mentions(code)[case.id] for code in plan.codes}
    home = {code.id: code.domain for code in plan.codes}
    topics: list[Topics] = []
    for pair in plan.pairs:
        if case.id in pair.cases.split():
            left[pair.first] -= 1
            left[pair.second] -= 1
            topics += [(pair.first, pair.second)] if home[pair.first] == domain else []
    if min(left.values()) < 0:
        raise ValueError(f"{case.id}: a pair is planted for a code that this case raises too rarely.")
    return topics + [(code,) for code, n in left.items() for _ in range(n) if home[code] == domain]


def _words(topics: Topics, grammar: Grammar, rng: np.random.Generator) -> str:
    sentences = [grammar.sentence(topic) for topic in topics]
    if topics[0] not in (OPENING, CLOSING) and len(topics) == 1 and rng.random() < WITH_TAIL:
        sentences.append(grammar.repeatable("tail"))
    return " ".join(sentences)


def _placed(case: str, conversation: list[Said]) -> Interview:
    text = HEADER.format(case=case)
    turns: list[Turn] = []
    segments: list[Segment] = []
    for said in conversation:
        text += LABELS[said.speaker]
        opened = len(text)
        for codes, words in said.parts:
            text += " " if len(text) > opened else ""
            name = f"{case}-s{len(segments) + 1:03d}"
            span = (len(text), len(text) + len(words))
            segments.append(Segment(name, case, *span, words, said.speaker, said.question, codes))
            text += words
        turns.append(Turn(opened, len(text), said.speaker))
        text += "\n" if said.speaker == "interviewer" else "\n\n"
    return Interview(case, text, tuple(turns), tuple(segments))
