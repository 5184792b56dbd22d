"""What the report of a study says, section by section, in the order that people read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import mistune
import pandas as pd

from . import checklists, claims, disclosure, methods, overview, shown, trail
from .agreement import driftview
from .agreement import shown as agreed
from .keys import Result, key
from .material import Material
from .study import METHOD_NAMES
from .tables import Shown, note, show_table

__all__ = ["Material", "Section", "contents", "methods_page", "sections", "verdict_results"]

STEPS = {"02_agreement": "Agreement between coders", "04_framework": "Framework matrix"}
FILES = (
    "Beside this page: tables.xlsx and tables/ (each table as a page, LaTeX and Word), report.docx, "
    "methods.md, figures/ with the data of each, notebooks/ as they ran, run.json (when, where, with which "
    "versions)."
)


@dataclass(frozen=True)
class Section:
    """One part of the report."""

    id: str
    title: str
    parts: tuple[Shown, ...]


def sections(m: Material) -> list[Section]:
    """Return the parts of the report; what the method does not call for is named once, at the end.

    For a descriptive-interpretive or consensual study the audit comes before any coefficient.
    """
    drawn = {name: figure.shown() for name, figure in m.figures.items()}
    found = [
        _section("study", "The study", _study(m)),
        _section("coding", "Who coded what", _people(m)),
        _section("audit", "Audit", [trail.audit(m.corpus, m.study)]),
        _section("codebook", "How the codebook came to be", [driftview.history(m.corpus, m.study)]),
        _section("agreement", "Did the coders agree?", _agreement(m, drawn)),
        _section("themes", "Who contributed to what?", _themes(m, drawn)),
        _section("framework", "Framework matrix", _framework(m)),
        _section("memos", "Memos", [trail.memos(m.corpus, m.study)]),
        _section("claims", "Do the reported numbers follow?", [shown.verdicts(m.verdicts, m.study)]),
        _section("methods", "For the methods section", _methods(m)),
        _section("provenance", "Where it comes from", _provenance(m)),
    ]
    return [each for each in found if each.parts]


def contents(parts: Sequence[Section]) -> pd.DataFrame:
    """Return the report's sections with how many tables and figures each holds."""
    rows = [
        {
            "section": part.title,
            "tables": sum("<table" in each.markup for each in part.parts),
            "figures": sum("<figure" in each.markup for each in part.parts),
        }
        for part in parts
    ]
    return pd.DataFrame(rows)


def verdict_results(found: Sequence[claims.Verdict]) -> Iterator[Result]:
    """Yield how many claims there are, and how many of each verdict."""
    yield Result(key("claims", "n"), len(found), "claims")
    for verdict in claims.VERDICTS:
        count = sum(each.verdict == verdict for each in found)
        yield Result(key("claims", verdict), count, "claims", n=len(found))


def methods_page(m: Material) -> str:
    """Return methods.md: the methods paragraphs, then COREQ and SRQR as far as data can answer them."""
    told = [methods.methods_text(m.corpus, m.study, m.counted, m.recorded)]
    for name in ("COREQ", "SRQR"):
        table = checklists.checklist(name, m.corpus, m.study, m.counted, m.recorded)
        told.append(checklists.checklist_text(name, table))
    return "\n".join(told)


def _section(name: str, title: str, parts: Sequence[Shown | None]) -> Section:
    return Section(name, title, tuple(part for part in parts if part is not None))


def _study(m: Material) -> list[Shown]:
    study = m.study
    based = study.based_on
    source = f" Based on {based.citation or based.doi or based.url}." if based else ""
    lines = [note(f"Method: {METHOD_NAMES[study.method]}.{source}")]
    if study.double_coding:
        drawn = study.double_coding
        by = f", by {drawn.by}" if drawn.by else ""
        lines.append(note(f"Documents coded by several people: {drawn.drawn}{by}."))
    return [*lines, show_table(overview.groups_table(m.corpus), "Participants")]


def _people(m: Material) -> list[Shown | None]:
    coders = m.corpus.coders.dropna(axis="columns", how="all").rename(columns={"coder_id": "coder"})
    known = show_table(coders, "Coders") if len(coders.columns) > 1 else None
    return [known, shown.stages(overview.stages_table(m.corpus))]


def _agreement(m: Material, drawn: dict[str, Shown]) -> list[Shown | None]:
    if m.applies("02_agreement"):
        return []
    if m.agreement.empty:
        return [note("Not assessable: no stage was coded independently by two coders or more.")]
    opens = m.opens is not None
    parts = [agreed.overall(m.agreement, m.study, opens), drawn.get("agreement")]
    if "codes" in m.corpus.variables():
        parts.append(agreed.by_code(m.agreement, m.corpus, m.study, opens))
    parts += [
        agreed.by_round(m.agreement, m.corpus, m.study),
        driftview.over_time(m.over_time, m.study),
        driftview.changes(m.changes, m.corpus, m.study),
        agreed.by_pair(m.agreement, m.study, opens),
        shown.differences(m.differences, m.corpus, m.study),
        trail.decision_log(m.decisions, m.corpus, m.study),
    ]
    return parts


def _themes(m: Material, drawn: dict[str, Shown]) -> list[Shown | None]:
    parts: list[Shown | None] = []
    if m.counted is not None:
        parts = [
            shown.themes_by_group(m.public, m.counted, m.study, m.opens),
            shown.label_key(m.themes, m.study),
            *(drawn.get(name) for name in ("themes", "influence", "code_tree", "new_codes")),
            shown.opposing(m.public, m.opens),
            shown.quotes(m.corpus, m.study, m.counted, m.quotes),
        ]
        parts += [shown.new_codes(m.new_codes, m.study)] if m.study.saturation.run else []
    return parts + ([] if m.values.empty else [shown.values(m.values, m.study, m.opens is not None)])


def _framework(m: Material) -> list[Shown]:
    if m.applies("04_framework"):
        return []
    return [
        shown.matrix(m.matrix, m.corpus, m.study, m.opens),
        shown.coverage_gaps(m.matrix, m.corpus, m.study),
    ]


def _methods(m: Material) -> list[Shown]:
    """Return the methods paragraph and the checklists' items that data can answer."""
    text = methods.methods_text(m.corpus, m.study, m.counted, m.recorded)
    body = text.partition("\n\n")[2]
    written = Shown(
        f'<div class="prose">{mistune.create_markdown(escape=True)(body)}</div>', "Methods paragraph"
    )
    tables = []
    for name in ("COREQ", "SRQR"):
        table = checklists.checklist(name, m.corpus, m.study, m.counted, m.recorded)
        filled = table[table["filled"]].astype({"item": "string"})
        columns = {"item": "item", "about": "about", "answer": "answer"}
        said = [
            f"{len(filled)} of {len(table)} items are answered by the data; the others are for the authors."
        ]
        tables.append(show_table(filled, f"{name}: items that the data answer", columns, said))
    return [written, *tables]


def _provenance(m: Material) -> list[Shown]:
    files = pd.DataFrame(m.step.files(), columns=["file", "rows", "encoding", "sha256"])
    parts = [show_table(files.dropna(axis="columns", how="all"), "Source files")]
    parts += [note(text) for text in disclosure.public_warnings(m.corpus, m.study)]
    if m.corpus.withdrawn:
        parts.append(note(f"{m.corpus.withdrawn} participants withdrew; nothing of theirs is here."))
    for step, title in STEPS.items():
        reason = m.applies(step)
        parts += [note(f"{title} is not part of this report: {reason}")] if reason else []
    return [*parts, note(FILES)]
