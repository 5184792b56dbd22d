"""From a plan to the tidy tables of data/raw, byte for byte."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .chance import generator
from .coders import CONSENSUS, Coding, codings
from .interviews import Interview, Segment, interviews
from .plan import Plan
from .text import Grammar

__all__ = ["Table", "as_csv", "manifest", "tables"]


@dataclass(frozen=True)
class Table:
    """A table before it is written: column names and rows of text and numbers."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


def tables(plan: Plan, templates: Mapping[str, Sequence[str]]) -> list[Table]:
    """Return all tables of a study; those that the plan has nothing for are left out."""
    talks = interviews(plan, templates)
    segments = [segment for talk in talks for segment in talk.segments]
    coded = codings(plan, segments)
    made = [
        _cases(plan),
        _documents(talks),
        _turns(talks),
        _segments(segments),
        _coders(plan),
        _codes(plan),
        _codings(coded),
        _assignments(plan),
        _asked(plan),
        _charting(plan, templates, coded),
        _audit(plan),
        _recodes(plan),
    ]
    return [table for table in made if table.rows]


def as_csv(table: Table) -> bytes:
    """Return the table as UTF-8 CSV with line feeds and as few quotes as possible."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerows([table.columns, *table.rows])
    return text.getvalue().encode("utf-8")


def manifest(files: Mapping[str, bytes]) -> bytes:
    """Return the lines of source/MANIFEST: sha256, two spaces, file name, sorted by name."""
    lines = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)]
    return "".join(lines).encode("ascii")


def _table(name: str, columns: str, rows: Iterable[tuple[object, ...]]) -> Table:
    return Table(name, tuple(columns.split()), tuple(rows))


def _document(case: str) -> str:
    return f"{case}-interview"


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


def _cases(plan: Plan) -> Table:
    return _table(
        "cases",
        "case_id group interview_order consent_quote consent_share withdrawn setting experience",
        (
            (
                case.id,
                case.group,
                case.interview_order,
                _yes(case.consent_quote),
                _yes(case.consent_share),
                "no",
                case.setting,
                case.experience,
            )
            for case in plan.cases
        ),
    )


def _documents(talks: list[Interview]) -> Table:
    rows = (
        (_document(talk.case), talk.case, f"Simulated interview {talk.case}", talk.text, 1) for talk in talks
    )
    return _table("documents", "document_id case_id name text guide_version", rows)


def _turns(talks: list[Interview]) -> Table:
    rows = (
        (_document(talk.case), turn.start, turn.end, turn.speaker) for talk in talks for turn in talk.turns
    )
    return _table("turns", "document_id start end speaker", rows)


def _segments(segments: list[Segment]) -> Table:
    rows = (
        (s.id, _document(s.case), s.case, s.start, s.end, s.text, s.speaker, s.question) for s in segments
    )
    return _table("segments", "segment_id document_id case_id start end text speaker question", rows)


def _coders(plan: Plan) -> Table:
    rows = [(coder, "human", role, affiliation) for coder, role, affiliation in plan.coders]
    rows.append((CONSENSUS, "human", "consensus", "the coders together"))
    return _table("coders", "coder_id kind role affiliation", rows)


def _codes(plan: Plan) -> Table:
    rows = (
        (
            code.id,
            code.name,
            code.parent,
            code.level,
            code.domain,
            code.influence,
            code.influence_on,
            code.definition,
            _yes(code.a_priori),
            code.introduced,
        )
        for code in plan.codes
    )
    columns = (
        "code_id name parent_id level domain influence influence_on definition a_priori introduced_version"
    )
    return _table("codes", columns, rows)


def _codings(coded: list[Coding]) -> Table:
    rows = ((c.segment, c.coder, c.code, c.stage, c.round, c.version) for c in coded)
    return _table("codings", "segment_id coder_id value stage round codebook_version", rows)


def _assignments(plan: Plan) -> Table:
    one, two = plan.pair_of_coders
    rows = (
        (coder, _document(case.id), planned.stage, planned.number)
        for planned in plan.rounds
        for coder, share in ((one, f"{planned.both} {planned.first_only}"), (two, planned.both))
        for case in plan.cases
        if case.id in share.split()
    )
    return _table("assignments", "coder_id document_id stage round", rows)


def _asked(plan: Plan) -> Table:
    rows = (
        (case.id, domain, _yes((case.id, domain) not in plan.not_asked))
        for case in plan.cases
        for domain in plan.domains
    )
    return _table("asked", "case_id domain asked", rows if plan.asks else ())


def _charting(plan: Plan, templates: Mapping[str, Sequence[str]], coded: list[Coding]) -> Table:
    if not plan.charted:
        return _table("charting", "case_id", ())
    grammar = Grammar(templates, generator(plan.seed, "charting"))
    agreed = [coding for coding in coded if coding.stage == "consensus"]
    behind = {
        (case.id, code.id): [c.segment for c in agreed if c.code == code.id and c.segment.startswith(case.id)]
        for case in plan.cases
        for code in plan.codes
    }
    written = {cell for cell, support in behind.items() if support} - set(plan.not_charted)
    rows = (
        (
            case,
            code,
            "Simulated summary: " + grammar.repeatable(f"chart:{code}"),
            plan.pair_of_coders[position % 2],
            " ".join(support),
            f"2021-02-{1 + position % 28:02d}",
            max(coding.version for coding in plan.rounds),
        )
        for position, ((case, code), support) in enumerate(behind.items())
        if (case, code) in written | set(plan.charted_only)
    )
    return _table("charting", "case_id code_id summary author segment_ids written codebook_version", rows)


def _audit(plan: Plan) -> Table:
    auditors = [coder for coder, role, _ in plan.coders if role == "auditor"]
    rows = ((r.item, auditors[0], r.comment, r.resolution, r.date) for r in plan.remarks)
    return _table("audit", "item auditor comment resolution date", rows)


def _recodes(plan: Plan) -> Table:
    rows = ((m.old, "merge", m.new, m.version, m.date, m.by, m.why) for m in plan.merges)
    return _table("recodes", "old_code action new_code version date by why", rows)
