"""Agreement in the order of coding, and what each change of the codebook did to it.

Described, never tested: a handful of transcripts cannot tell a trend from chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from ..corpus import Corpus, natural
from ..errors import ConcordError
from ..read.assemble import assemble
from ..read.draft import Draft
from ..schemas import FILE, ROW
from ..study import Study
from ..units import Ratings, presence
from .coefficients import coefficient
from .without import asked, subjects

__all__ = ["CHANGES", "OVER_TIME", "changes", "over_time"]

BLOCKS = 3
LEAST = 2  # documents a block
OVER_TIME = ["variable", "block", "documents", "units", "lines", "estimate", "smallest", "applied"]
CHANGES = [
    "old_code", "action", "new_code", "version", "codings", "round", "old", "new_before", "new_after",
]  # fmt: skip


def over_time(corpus: Corpus, study: Study) -> pd.DataFrame:
    """Return the primary coefficient in the first, the middle and the last transcripts that were coded.

    Transcripts stand in the order of their codings' time stamps where all have one, else of the interviews.

    Returns
    -------
    DataFrame
        ``variable``, ``block`` (1 is earliest), ``documents``, ``units`` that two coders or more rated,
        ``lines`` (codes, or 1) with a defined coefficient, their median as ``estimate``, the ``smallest``,
        and ``applied``: how often each coder gave a code or value a unit. Empty with fewer than four
        transcripts.
    """
    order = _order(corpus)
    blocks = min(BLOCKS, len(order) // LEAST)
    if blocks < 2:
        return pd.DataFrame(columns=OVER_TIME)
    block = {document: place * blocks // len(order) + 1 for place, document in enumerate(order)}
    parts: dict[str, list[Ratings]] = {}
    for part in subjects(corpus, study):
        parts.setdefault(part.variable, []).append(part)
    rows = [
        (variable, n, sum(at == n for at in block.values()), *_of_block(ratings, study, block, n))
        for variable, ratings in parts.items()
        for n in range(1, blocks + 1)
    ]
    return pd.DataFrame(rows, columns=OVER_TIME)


def changes(drafts: Sequence[Draft], study: Study) -> pd.DataFrame:
    """Return what each recode changed: codings read anew, and the coefficient of the codes before and after.

    Returns
    -------
    DataFrame
        ``old_code``, ``action``, ``new_code``, ``version``; ``codings`` of the old code anywhere; the last
        independent ``round`` that it was applied in; there the primary coefficient of the ``old`` code, and
        of the new one before (``new_before``) and after (``new_after``) the recode. Missing where undefined;
        empty without recodes.
    """
    listed = [draft.tables["recodes"] for draft in drafts if "recodes" in draft.tables]
    if not listed:
        return pd.DataFrame(columns=CHANGES)
    recodes = pd.concat(listed, ignore_index=True)
    try:
        before = assemble(_without_recodes(drafts, recodes), study)
    except ConcordError:
        return pd.DataFrame(columns=CHANGES)
    after = assemble(drafts, study)
    rows = []
    for change in sorted(recodes.to_dict("records"), key=lambda change: natural(change["version"])):
        old, new = change["old_code"], change.get("new_code")
        coded = before.of("codes")
        coded = coded[coded["value"] == old]
        rounds = coded.loc[coded["stage"] == "independent", "round"]
        at = int(rounds.max()) if len(rounds) else None
        estimates = [
            _estimate(*asked_of, study, at) for asked_of in ((before, old), (before, new), (after, new))
        ]
        rows.append((old, change["action"], new, change["version"], len(coded), at, *estimates))
    return pd.DataFrame(rows, columns=CHANGES)


def _order(corpus: Corpus) -> list[str]:
    """Return the independently coded documents in the order of their coding."""
    coded = corpus.codings[corpus.codings["stage"] == "independent"]
    home = corpus.segments.set_index("segment_id")["document_id"]
    coded = coded.assign(document_id=coded["segment_id"].map(home)).dropna(subset=["document_id"])
    if not coded.empty and coded["created"].notna().all():
        return coded.groupby("document_id")["created"].min().sort_values(kind="stable").index.tolist()
    cases = corpus.cases.set_index("case_id")["interview_order"]
    documents = corpus.documents[corpus.documents["document_id"].isin(coded["document_id"])]
    place = pd.to_numeric(documents["case_id"].map(cases), errors="coerce")
    return documents.assign(_place=place).sort_values("_place", kind="stable")["document_id"].tolist()


def _of_block(parts: Sequence[Ratings], study: Study, block: dict[str, int], n: int) -> tuple[object, ...]:
    estimates: list[float] = []
    given: dict[str, int] = {}
    units = 0
    for part in parts:
        mine = (part.units["document_id"].map(block) == n).to_numpy(bool)
        some = part.select(units=mine)
        values, how = asked(some, study)
        units = max(units, int(((~np.isnan(some.values)).sum(axis=0) > 1).sum()))
        if values.size:
            estimates.append(coefficient(values, study.agreement.primary, **how).estimate)
        for coder, row in zip(some.coders, some.values, strict=True):
            used = (row > 0).sum() if part.variable == "codes" else (~np.isnan(row)).sum()
            given[coder] = given.get(coder, 0) + int(used)
    defined = [value for value in estimates if not np.isnan(value)]
    applied = "; ".join(f"{coder}: {count}" for coder, count in given.items())
    middle, least = (np.median(defined), min(defined)) if defined else (np.nan, np.nan)
    return units, len(defined), middle, least, applied


def _estimate(corpus: Corpus, code: object, study: Study, round_: int | None) -> float:
    """Return the primary coefficient of a code in a round, nan where nobody applied it there."""
    if round_ is None:
        return np.nan
    seen = presence(corpus, study, round_=round_)
    if code not in seen.codes:
        return np.nan
    values, how = asked(seen.of(str(code)), study)
    return coefficient(values, study.agreement.primary, **how).estimate


def _without_recodes(drafts: Sequence[Draft], recodes: pd.DataFrame) -> list[Draft]:
    """Return the drafts as if nothing had been recoded: old codes are in the codebook again."""
    kept = []
    for draft in drafts:
        tables = {name: frame for name, frame in draft.tables.items() if name != "recodes"}
        if "codes" in tables:
            codes = tables["codes"]
            gone = [code for code in recodes["old_code"].unique() if code not in set(codes["code_id"])]
            fresh = pd.DataFrame({"code_id": gone, "name": gone, FILE: draft.file, ROW: 0}).astype("string")
            fresh[ROW] = 0
            tables["codes"] = pd.concat([codes, fresh.reindex(columns=codes.columns)], ignore_index=True)
        kept.append(replace(draft, tables=tables))
    return kept
