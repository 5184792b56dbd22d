"""Agreement in the order of coding, and what each change of the codebook did to it.

Described, never tested: a handful of transcripts cannot tell a trend from chance.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from ..corpus import Corpus, natural
from ..errors import ConcordError
from ..read.assemble import assemble
from ..read.draft import Draft
from ..readings import applied
from ..schemas import FILE, ROW
from ..study import Study
from ..units import Ratings
from .coefficients import coefficient
from .without import asked, subjects

__all__ = ["CHANGES", "ORDERS", "OVER_TIME", "changes", "over_time"]

BLOCKS = 3
LEAST = 2  # documents a block
UNRATED = ("recodes", "asked", "charting", "audit")
ORDERS = {
    "coding": "Part 1 was coded first.",
    "interviews": "Part 1 holds the first interviews; when each was coded is not recorded.",
    "documents": "Parts follow the list of documents: neither when each was coded nor the order of all "
    "interviews is recorded.",
}
OVER_TIME = [
    "variable", "order", "block", "documents", "units", "lines", "estimate", "smallest", "applied",
]  # fmt: skip
CHANGES = [
    "old_code", "action", "new_code", "version", "codings", "round", "old", "new_before", "new_after",
]  # fmt: skip


def over_time(corpus: Corpus, study: Study) -> pd.DataFrame:
    """Return the primary coefficient in the first, the middle and the last transcripts of the last round.

    Only transcripts with units that two coders or more rated stand in the order: of their codings' time
    stamps where every coding has one that reads in one way only, else of the interviews.

    Returns
    -------
    DataFrame
        ``variable``, ``order`` (a key of :data:`ORDERS`), ``block`` (1 is earliest), ``documents``,
        ``units`` that two coders or more rated, ``lines`` (codes, or 1) with a defined coefficient, their
        median as ``estimate``, the ``smallest``, and ``applied``: how often each coder gave a code or value
        a unit. A variable with fewer than four such transcripts is left out.
    """
    parts: dict[str, list[Ratings]] = {}
    for part in subjects(corpus, study):
        parts.setdefault(part.variable, []).append(part)
    rows = []
    for variable, ratings in parts.items():
        documents, by = _order(corpus, ratings)
        blocks = min(BLOCKS, len(documents) // LEAST)
        if blocks < 2:
            continue
        block = [place * blocks // len(documents) + 1 for place in range(len(documents))]
        for n in range(1, blocks + 1):
            held = [document for document, at in zip(documents, block, strict=True) if at == n]
            rows.append((variable, by, n, len(held), *_of_block(ratings, study, held)))
    return pd.DataFrame(rows, columns=OVER_TIME)


def changes(drafts: Sequence[Draft], corpus: Corpus, study: Study) -> pd.DataFrame:
    """Return what each recode changed: codings read anew, and the coefficient of the codes before and after.

    Parameters
    ----------
    drafts : sequence of Draft
        What each file of source/ held.
    corpus : Corpus
        What they make up, codings recoded.
    study : Study

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
    rows = []
    for change in sorted(recodes.to_dict("records"), key=lambda change: natural(change["version"])):
        old, new = change["old_code"], change.get("new_code")
        coded = before.of("codes")
        coded = coded[coded["value"] == old]
        rounds = coded.loc[coded["stage"] == "independent", "round"]
        at = int(rounds.max()) if len(rounds) else None
        estimates = [
            _estimate(*asked_of, study, at) for asked_of in ((before, old), (before, new), (corpus, new))
        ]
        rows.append((old, change["action"], new, change["version"], len(coded), at, *estimates))
    return pd.DataFrame(rows, columns=CHANGES)


def _order(corpus: Corpus, parts: Sequence[Ratings]) -> tuple[list[str], str]:
    """Return the documents that several people coded in the round of these ratings, and what orders them."""
    rated = {
        document
        for part in parts
        for document in part.units.loc[(~np.isnan(part.values)).sum(axis=0) > 1, "document_id"].dropna()
    }
    first = parts[0]
    coded = corpus.of(first.variable, first.stage, first.round)
    home = corpus.segments.set_index("segment_id")["document_id"]
    coded = coded.assign(document_id=coded["segment_id"].map(home), at=_moments(coded["created"]))
    coded = coded[coded["coder_id"].isin(first.coders) & coded["document_id"].isin(rated)]
    begun = coded.groupby("document_id")["at"].min()
    if coded["at"].notna().all() and rated <= set(begun.index):
        return begun.sort_values(kind="stable").index.tolist(), "coding"
    documents = corpus.documents[corpus.documents["document_id"].isin(rated)]
    cases = corpus.cases.set_index("case_id")["interview_order"]
    place = pd.to_numeric(documents["case_id"].map(cases), errors="coerce")
    ordered = documents.assign(_place=place).sort_values("_place", kind="stable")["document_id"].tolist()
    return ordered, "interviews" if place.notna().all() else "documents"


def _moments(created: pd.Series) -> pd.Series:
    """Return time stamps as moments, missing where one is missing or could be read in two ways.

    What QDA programs write is read: 2021-03-11T14:05:00Z, 2021-03-11 14:05 and 11.3.2021 14:05; 3/11/2021
    is a day of March in one country and of November in another.
    """
    turned = created.str.replace(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})\b", _year_first, regex=True)
    return pd.to_datetime(turned, format="ISO8601", utc=True, errors="coerce")


def _year_first(match: re.Match[str]) -> str:
    day, month, year = match.groups()
    return f"{year}-{month:0>2}-{day:0>2}"


def _of_block(parts: Sequence[Ratings], study: Study, documents: Sequence[str]) -> tuple[object, ...]:
    estimates: list[float] = []
    given: dict[str, int] = {}
    units = 0
    for part in parts:
        some = part.select(units=part.units["document_id"].isin(documents).to_numpy(bool))
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
    seen = applied(corpus, study, round_)
    if code not in seen.codes:
        return np.nan
    values, how = asked(seen.of(str(code)), study)
    return coefficient(values, study.agreement.primary, **how).estimate


def _without_recodes(drafts: Sequence[Draft], recodes: pd.DataFrame) -> list[Draft]:
    """Return what the drafts say of ratings as if nothing had been recoded: old codes are codes again."""
    kept = []
    for draft in drafts:
        tables = {name: frame for name, frame in draft.tables.items() if name not in UNRATED}
        if "codes" in tables:
            codes = tables["codes"]
            gone = [code for code in recodes["old_code"].unique() if code not in set(codes["code_id"])]
            fresh = pd.DataFrame({"code_id": gone, "name": gone, FILE: draft.file, ROW: 0}).astype("string")
            fresh[ROW] = 0
            tables["codes"] = pd.concat([codes, fresh.reindex(columns=codes.columns)], ignore_index=True)
        kept.append(replace(draft, tables=tables))
    return kept
