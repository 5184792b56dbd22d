"""The report of a study: one self-contained HTML page that opens offline."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import Any

import jinja2
import pandas as pd

from . import (
    charts,
    checklists,
    claims,
    differences,
    disclosure,
    framework,
    methods,
    overview,
    saturation,
    shown,
    themes,
)
from .agreement import shown as agreed
from .agreement.sheet import agreement_table
from .agreement.summary import agreement_results, forest_data, titled
from .counting import Counted, counted_or_none
from .figures import Drawn, agreement_forest, theme_map
from .keys import Result, key
from .results import Step
from .study import METHOD_NAMES, Study
from .tables import Shown, note, show_table

__all__ = ["Material", "Section", "contents", "methods_page", "page", "sections", "verdict_results"]


@dataclass(frozen=True)
class Section:
    """One part of the report."""

    id: str
    title: str
    parts: tuple[Shown, ...]


class Material:
    """Everything that a report shows, taken from earlier steps or, by hand, computed anew.

    Parameters
    ----------
    step : Step
        The step at work, usually 05_report.
    """

    def __init__(self, step: Step) -> None:
        self.step = step
        self.study = step.study
        self.corpus = step.corpus

    def applies(self, name: str) -> str | None:
        """Return why a step does not apply, or None."""
        return self.study.not_applicable(name, charted=not self.corpus.charting.empty)

    @cached_property
    def agreement(self) -> pd.DataFrame:
        """Lines of agreement.csv."""
        return self.step.table("agreement.csv", lambda: agreement_table(self.corpus, self.study))

    @cached_property
    def differences(self) -> pd.DataFrame:
        """Lines of differences.csv."""
        return self.step.table(
            "differences.csv", lambda: differences.differences_table(self.corpus, self.study)
        )

    @cached_property
    def counted(self) -> Counted | None:
        """The codings that count, None where the study has no codes."""
        return counted_or_none(self.corpus, self.study)

    @cached_property
    def themes(self) -> pd.DataFrame:
        """Lines of themes.csv."""
        return self.step.table(
            "themes.csv", lambda: themes.theme_table(self.corpus, self.study, self.counted)
        )

    @cached_property
    def public(self) -> pd.DataFrame:
        """Lines of themes.csv as the study's policy lets them be published."""
        return disclosure.public_themes(self.themes, self.corpus, self.study)

    @cached_property
    def new_codes(self) -> saturation.NewCodes:
        """New codes by interview, without rows where the study does not ask."""
        return saturation.new_codes(self.corpus, self.study, self.counted)

    @cached_property
    def values(self) -> pd.DataFrame:
        """Lines of values.csv."""
        return self.step.table("values.csv", lambda: themes.value_table(self.corpus, self.study))

    @cached_property
    def matrix(self) -> pd.DataFrame:
        """Lines of framework_matrix.csv."""
        return self.step.table(
            "framework_matrix.csv",
            lambda: framework.framework_matrix(self.corpus, self.study, self.counted),
        )

    @cached_property
    def verdicts(self) -> list[claims.Verdict]:
        """Verdicts of the study's claims."""
        stated = claims.load_claims(self.step.workspace, self.study.study)
        return claims.judge(self.step.recorded(self._results), stated, self.study.simulated)

    def _results(self) -> list[Any]:
        found = list(overview.overview_results(self.corpus, self.study))
        if self.applies("02_agreement") is None:
            found += agreement_results(self.agreement, self.study)
            found += differences.difference_results(self.corpus, self.study)
        joint = themes.joint_table(self.corpus, self.study, self.counted)
        found += themes.theme_results(self.themes, self.values, joint)
        found += saturation.new_codes_results(self.new_codes)
        if self.applies("04_framework") is None:
            found += framework.matrix_results(self.matrix)
        return found


def page(study: Study, banner: Shown, parts: Sequence[Section]) -> str:
    """Return the report as one HTML page, with a content security policy and no outside address.

    The same data give the same bytes; when and where it was run stands in run.json alone.
    """
    style = resources.files("analysis").joinpath("templates/report.css").read_text("utf-8")
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("analysis"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template("report.html").render(
        study=study,
        banner=banner.markup,
        sections=parts,
        style=style,
        style_hash=f"sha256-{digest}",
    )


def sections(material: Material) -> list[Section]:
    """Return the parts of the report, in the order that people read them."""
    parts = [_study(material), _people(material)]
    audit = _audit(material)
    parts += [audit] if audit else []
    parts += [_agreement(material), _themes(material), _framework(material)]
    parts += [_claims(material), _provenance(material)]
    return parts


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


def _study(m: Material) -> Section:
    study = m.study
    based = study.based_on
    source = f" Based on {based.citation or based.doi or based.url}." if based else ""
    lines = [note(f"Method: {METHOD_NAMES[study.method]}.{source}")]
    if study.double_coding:
        drawn = study.double_coding
        by = f", by {drawn.by}" if drawn.by else ""
        lines.append(note(f"Documents coded by several people: {drawn.drawn}{by}."))
    return Section(
        "study", "The study", (*lines, show_table(overview.groups_table(m.corpus), "Participants"))
    )


def _people(m: Material) -> Section:
    coders = m.corpus.coders.dropna(axis="columns", how="all").rename(columns={"coder_id": "coder"})
    known = show_table(coders, "Coders") if len(coders.columns) > 1 else None
    table = shown.stages(overview.stages_table(m.corpus))
    return Section("coding", "Who coded what", tuple(part for part in (known, table) if part))


def _audit(m: Material) -> Section | None:
    if m.corpus.audit.empty:
        return None
    if not m.step.shows_text:
        return Section("audit", "Audit", (note(f"{len(m.corpus.audit)} audit remarks; not shown."),))
    table = show_table(
        m.corpus.audit.dropna(axis="columns", how="all"), "Audit remarks and what became of them"
    )
    return Section("audit", "Audit", (table,))


def _agreement(m: Material) -> Section:
    title = "Did the coders agree?"
    reason = m.applies("02_agreement")
    if reason:
        return Section("agreement", title, (note(f"Not applicable: {reason}"),))
    if m.agreement.empty:
        text = "Not assessable: no stage was coded independently by two coders or more."
        return Section("agreement", title, (note(text),))
    forest = agreement_forest(
        forest_data(m.agreement, m.corpus.codes, m.study),
        m.study.agreement.minimum,
        m.study.simulated,
        titled(m.study.agreement.primary),
    )
    parts = [agreed.overall(m.agreement, m.study), forest.shown()]
    if "codes" in m.corpus.variables():
        parts.append(agreed.by_code(m.agreement, m.corpus.codes, m.study))
    parts += [
        agreed.by_round(m.agreement, m.corpus.codes, m.study),
        agreed.by_pair(m.agreement, m.study),
    ]
    return Section("agreement", title, (*parts, shown.differences(m.differences, m.corpus)))


def _themes(m: Material) -> Section:
    parts: list[Shown] = []
    if m.counted is not None:
        parts = [
            shown.themes_by_group(m.public, m.counted, m.study),
            shown.label_key(m.themes, m.study),
            theme_map(m.public, m.study.simulated).shown(),
            *(drawn.shown() for drawn in _theme_figures(m) if drawn),
            shown.opposing(m.public),
            shown.quotes(m.corpus, m.study, m.counted),
        ]
        parts += [shown.new_codes(m.new_codes, m.study)] if m.study.saturation.run else []
    parts += [] if m.values.empty else [shown.values(m.values)]
    return Section("themes", "Who contributed to what?", tuple(parts))


def _theme_figures(m: Material) -> list[Drawn | None]:
    curve = charts.new_codes_curve(m.new_codes.table, m.study.simulated)
    return [
        charts.influence_bars(m.public, m.study.simulated),
        charts.code_tree(m.public, m.study.simulated),
        curve,
    ]


def methods_page(m: Material) -> str:
    """Return methods.md: the methods paragraphs, then COREQ and SRQR as far as data can answer them."""
    recorded = methods.recorded_values(m.step.recorded(m._results)) | {"claims.n": len(m.verdicts)}
    told = [methods.methods_text(m.corpus, m.study, m.counted, recorded)]
    for name in ("COREQ", "SRQR"):
        table = checklists.checklist(name, m.corpus, m.study, m.counted, recorded)
        told.append(checklists.checklist_text(name, table))
    return "\n".join(told)


def _framework(m: Material) -> Section:
    reason = m.applies("04_framework")
    if reason:
        return Section("framework", "Framework matrix", (note(f"Not applicable: {reason}"),))
    parts = (shown.matrix(m.matrix, m.corpus, m.study), shown.coverage_gaps(m.matrix, m.corpus))
    return Section("framework", "Framework matrix", parts)


def _claims(m: Material) -> Section:
    return Section(
        "claims", "Do the reported numbers follow?", (shown.verdicts(m.verdicts, m.study.simulated),)
    )


def _provenance(m: Material) -> Section:
    files = pd.DataFrame(m.step.files())[["file", "rows", "encoding", "sha256"]]
    parts = [show_table(files, "Source files")]
    parts += [note(text) for text in m.corpus.warnings]
    if m.corpus.withdrawn:
        parts.append(note(f"{m.corpus.withdrawn} participants withdrew; nothing of theirs is here."))
    parts.append(note("When, where and with which versions this was run: run.json beside this page."))
    return Section("provenance", "Where it comes from", tuple(parts))
