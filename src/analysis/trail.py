"""What people wrote while they worked, as tables: decisions on differences, audit remarks, memos."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import pandas as pd

from .corpus import Corpus
from .decisions import Decision
from .disclosure import code_names, quotable, shows_people, shows_text
from .division import divide
from .policies import no_people
from .publicnames import segment_labels, unlinked
from .study import Study
from .tables import Shown, note, show_table
from .textkeys import keyed_hash, text_key

__all__ = ["audit", "audit_remarks", "decision_log", "memos"]

MOST = 200


def decision_log(taken: Sequence[Decision], corpus: Corpus, study: Study) -> Shown | None:
    """Return who settled what, when and why; None where nobody has decided anything.

    Decisions on segments that are no longer here are left out. A reason may hold the words that it is about,
    so it is shown where these may be quoted.
    """
    whose = _whose(corpus, study, {each.variable for each in taken})
    here = [each for each in taken if each.unit_id in whose]
    if not here:
        return None
    if not shows_people(study):
        return note(f"{len(here)} decisions on segments coded differently. {no_people(study)}")
    may = set(corpus.segments.loc[quotable(corpus, study), "case_id"])
    names, called = code_names(corpus, study), _called(corpus, study, whose)
    rows = [
        {
            "when": each.when[:10],
            "by": each.by,
            "segment": called[each.unit_id],
            "code or variable": names.get(each.code_id, each.code_id) or each.variable,
            "before": each.before,
            "decided": each.after or "taken back",
            "why": each.why if whose[each.unit_id] in may else "",
        }
        for each in here
    ]
    frame = pd.DataFrame(rows)
    frame = frame if shows_text(study) else frame.drop(columns="why")
    return show_table(frame, f"Decisions on segments coded differently ({len(here)})", rows=MOST)


def _whose(corpus: Corpus, study: Study, variables: Collection[str]) -> dict[str, str]:
    """Return unit -> participant of everything that decisions may speak of; empty where nobody is known."""
    parts = [corpus.segments.rename(columns={"segment_id": "unit_id"})]
    if "codes" in variables and study.agreement.unit != "segment":
        parts.append(divide(corpus, study.agreement.where, study.agreement.unit))
    units = pd.concat([part[["unit_id", "case_id"]] for part in parts])
    return dict(zip(units["unit_id"], units["case_id"].fillna(""), strict=True))


def _called(corpus: Corpus, study: Study, units: Iterable[str]) -> dict[str, str]:
    """Return unit -> what stands for it in print; one that is no segment is called after its document."""
    known = segment_labels(corpus, study)
    if shows_text(study) and not unlinked(study):
        return {unit: unit for unit in units} | known
    key = text_key(corpus)
    return {unit: f"segment {keyed_hash(unit, key)[:12]}" for unit in units} | known


def audit(corpus: Corpus, study: Study) -> Shown | None:
    """Return an auditor's remarks and what became of them; None where there was no audit."""
    if corpus.audit.empty:
        return None
    told = audit_remarks(corpus, study)
    if told is None:
        return note(f"{len(corpus.audit)} audit remarks; not shown.")
    return show_table(told, "Audit remarks and what became of them")


def audit_remarks(corpus: Corpus, study: Study) -> pd.DataFrame | None:
    """Return the rows of the table audit, columns without a cell left out; None where none may be shown."""
    if not shows_text(study) or not shows_people(study):
        return None
    return corpus.audit.dropna(axis="columns", how="all")


def memos(corpus: Corpus, study: Study) -> Shown | None:
    """Return the memo trail in the order of writing; None where there are no memos, or none may be shown."""
    written = corpus.codings.dropna(subset=["memo"])
    may = set(corpus.segments.loc[quotable(corpus, study), "segment_id"])
    written = written[written["segment_id"].isin(may)]
    if written.empty or not shows_text(study) or not shows_people(study):
        return None
    written = written.sort_values("created", kind="stable", na_position="last")
    frame = written.assign(code=written["value"].map(code_names(corpus, study)).fillna(written["value"]))
    columns = {"created": "when", "coder_id": "by", "code": "code or value", "memo": "memo"}
    if written["created"].isna().all():
        del columns["created"]
    return show_table(frame, f"Memos ({len(frame)})", columns, rows=MOST)
