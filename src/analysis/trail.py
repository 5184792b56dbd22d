"""What people wrote while they worked, as tables: decisions on differences, audit remarks, memos."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from .corpus import Corpus
from .decisions import Decision
from .disclosure import code_names, quotable, shows_people, shows_text
from .policies import no_people
from .publicnames import segment_labels
from .study import Study
from .tables import Shown, note, show_table

__all__ = ["audit", "decision_log", "memos"]

MOST = 200


def decision_log(taken: Sequence[Decision], corpus: Corpus, study: Study) -> Shown | None:
    """Return who settled what, when and why; None where nobody has decided anything.

    Decisions on segments that are no longer here are left out.
    """
    known = set(corpus.segments["segment_id"])
    here = [each for each in taken if each.unit_id in known]
    if not here:
        return None
    if not shows_people(study):
        return note(f"{len(here)} decisions on segments coded differently. {no_people(study)}")
    names, segments = code_names(corpus, study), segment_labels(corpus, study)
    rows = [
        {
            "when": each.when[:10],
            "by": each.by,
            "segment": segments.get(each.unit_id, each.unit_id),
            "code or variable": names.get(each.code_id, each.code_id) or each.variable,
            "before": each.before,
            "decided": each.after or "taken back",
            "why": each.why if shows_text(study) else "",
        }
        for each in here
    ]
    frame = pd.DataFrame(rows)
    frame = frame if shows_text(study) else frame.drop(columns="why")
    return show_table(frame, f"Decisions on segments coded differently ({len(here)})", rows=MOST)


def audit(corpus: Corpus, study: Study) -> Shown | None:
    """Return an auditor's remarks and what became of them; None where there was no audit."""
    if corpus.audit.empty:
        return None
    if not shows_text(study) or not shows_people(study):
        return note(f"{len(corpus.audit)} audit remarks; not shown.")
    told = corpus.audit.dropna(axis="columns", how="all")
    return show_table(told, "Audit remarks and what became of them")


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
