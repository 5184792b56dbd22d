"""From the drafts of all files to one Corpus: join, check, complete, merge equal spans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ..asked import unused
from ..corpus import Corpus
from ..errors import DataError, Problem
from ..schemas import FILE, ROW, TABLES
from ..study import Study
from .alignment import align
from .casts import typed
from .codebooks import meet_codes
from .completion import complete, no_rows
from .consistency import contradictions, several_values
from .controls import without_controls
from .draft import Draft
from .exports import complete_exports
from .folding import conflicts, fold
from .formats import is_export
from .ordering import KeyOrder
from .recoding import apply_recodes
from .references import dangling
from .scope import limit_to_where, limited_corpus, unknown_exclusions
from .spans import NEXT_STEP, check_slices, merge_equal_spans

__all__ = ["NEXT_STEP", "assemble"]


def assemble(drafts: Sequence[Draft], study: Study) -> Corpus:
    """Return the corpus that the drafts make up.

    Raises
    ------
    DataError
        With every problem in every table.
    """
    exports = [draft.file for draft in drafts if is_export(draft.facts.get("format"))]
    drafts, aligned = align(drafts)
    drafts, met = meet_codes(drafts)
    tables, problems, torn = _joined(drafts, exports)
    if "codings" not in tables and study.method != "reflexive":
        problems.append(Problem("no file of codings among the inputs.", file="study.yml", column="inputs"))
    tables.setdefault("codings", no_rows("codings"))
    warnings = [*(warning for draft in drafts for warning in draft.warnings), *aligned, *met, *torn]
    warnings += complete_exports(tables, exports)
    _map_coders(tables, study)
    warnings += limit_to_where(tables, study)
    problems += contradictions(tables, study)
    problems += dangling(tables)
    if problems:
        raise DataError(_in_order(problems), title=_title(problems, study), next_step=NEXT_STEP)
    warnings += apply_recodes(tables)
    warnings += check_slices(tables, exports)
    warnings += complete(tables)
    warnings += merge_equal_spans(tables)
    warnings += unused(tables["asked"]) if "asked" in tables else []
    problems = [*several_values(tables), *unknown_exclusions(tables, study)]
    if problems:
        raise DataError(_in_order(problems), title=_title(problems, study), next_step=NEXT_STEP)
    order = KeyOrder()
    frames: dict[str, Any] = {name: order.finished(name, frame) for name, frame in tables.items()}
    return limited_corpus(Corpus(**frames, warnings=tuple(warnings)), study)


def _joined(
    drafts: Sequence[Draft], exports: Sequence[str]
) -> tuple[dict[str, pd.DataFrame], list[Problem], list[str]]:
    parts: dict[str, list[pd.DataFrame]] = {}
    for draft in drafts:
        for name, frame in draft.tables.items():
            parts.setdefault(name, []).append(frame)
    tables: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    torn: list[str] = []
    for name in TABLES:
        if name in parts:
            raw = pd.concat(parts[name], ignore_index=True)
            if len(parts[name]) > 1:
                torn += conflicts(name, raw, exports)
                raw = fold(name, raw, exports)
            raw, blanked = without_controls(name, raw)
            torn += blanked
            tables[name], wrong = typed(name, raw)
            problems += wrong
    if "segments" in tables and len(parts["segments"]) > 1:
        same = [c for c in tables["segments"].columns if c not in (FILE, ROW)]
        tables["segments"] = tables["segments"].drop_duplicates(same, ignore_index=True)
    return tables, problems, torn


def _in_order(problems: list[Problem]) -> list[Problem]:
    unique = {str(problem): problem for problem in problems}.values()
    return sorted(unique, key=lambda p: (p.file != "study.yml", p.file or "", p.row or 0))


def _title(problems: list[Problem], study: Study) -> str | None:
    files = {problem.file for problem in problems}
    return f"source/{files.pop()}" if len(files) == 1 and "study.yml" not in files else f"study {study.study}"


def _map_coders(tables: dict[str, pd.DataFrame], study: Study) -> None:
    for name in ("codings", "assignments"):
        if name in tables and study.coders:
            tables[name]["coder_id"] = tables[name]["coder_id"].replace(study.coders)
