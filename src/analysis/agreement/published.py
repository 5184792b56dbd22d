"""A table of results that another program printed, held against the study's own codings, cell by cell."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

import pandas as pd

from ..corpus import Corpus
from ..errors import UsageError, quoted
from ..inputs import Input
from ..read import nvivo as nvivo_tables
from ..read.headings import Line, bare
from ..read.tablefile import tables_of
from ..study import Study
from .continuum import coders_of, pairable
from .texts import continua
from .vendors import compare, nvivo, qualcoder, table
from .vendors.comparison import long_form
from .vendors.view import Pair, View

__all__ = ["published_cells"]

COUNT = "references"
KEYS = ["code", "document", "measure"]
HEADING_WITHIN = 20


def published_cells(
    path: Path, corpus: Corpus, codings: pd.DataFrame, study: Study, coders: Sequence[str] = ()
) -> tuple[pd.DataFrame, str]:
    """Return every cell of a published table with our value and a verdict, and what kind of table it is.

    Known are NVivo's coding comparison and its matrix (codes by documents, participants or coders; cells
    count codings), and QualCoder's coder comparison.

    Parameters
    ----------
    path : Path
        xlsx, xls or CSV.
    corpus : Corpus
    codings : DataFrame
        Those rows of ``corpus.codings`` that the table is about.
    study : Study
    coders : sequence of str, optional
        The two coders of a comparison; needed where more than two coded.

    Returns
    -------
    cells : DataFrame
        As `vendors.compare` returns it, in the table's own order; what only we have is left out.
    kind : str
        In words.

    Raises
    ------
    DataError
        If it is no such table.
    UsageError
        If it is not clear which two coders are compared.
    """
    given = Input(file=path.name)
    lines = next(iter(tables_of(path, given).values()))
    if nvivo_tables.is_matrix(lines[0].cells):
        matrix = nvivo_tables.matrix_table(path, given)
        theirs = matrix.rename(columns={"count": "theirs"}).assign(measure=COUNT)
        theirs["theirs"] = [f"{value:.10g}" for value in theirs["theirs"]]
        return _judged(
            theirs, _counts(corpus, codings, list(theirs["document"].unique())), corpus
        ), "NVivo matrix"
    tree = _qualcoder(lines)
    exported = nvivo_tables.comparison_table(path, given) if tree is None else tree
    vendor = "nvivo" if tree is None else "qualcoder"
    theirs = long_form(exported, vendor)
    views = _views(vendor, theirs, corpus, study, coders)
    return _judged(
        theirs, table(views), corpus
    ), f"{'NVivo' if tree is None else 'QualCoder'} coder comparison"


def _qualcoder(lines: Sequence[Line]) -> pd.DataFrame | None:
    """Return QualCoder's comparison below its heading; None where there is no such heading."""
    for at, line in enumerate(lines[:HEADING_WITHIN]):
        names = {bare(cell) for cell in line.cells}
        if {"codetree", "kappa"} <= names:
            columns = [cell or f"column {n}" for n, cell in enumerate(line.cells)]
            rows = [[each.cell(n) for n in range(len(columns))] for each in lines[at + 1 :]]
            frame = pd.DataFrame(rows, columns=columns, dtype="string")
            return frame.dropna(subset=[c for c in columns if bare(c) in ("codetree", "kappa")])
    return None


def _views(
    vendor: str, theirs: pd.DataFrame, corpus: Corpus, study: Study, coders: Sequence[str]
) -> list[View]:
    texts = pairable(continua(corpus, study))
    pair = _pair(list(coders), list(coders_of(texts)))
    both = [text for text in texts if set(pair) <= set(text.coders)]
    codes = dict.fromkeys(_matched(theirs["code"].unique(), _code_names(corpus)).values())
    if vendor == "qualcoder":
        return [view for code in codes for view in qualcoder.coder_comparison(both, code, pair)]
    return [view for code in codes for view in nvivo.coding_comparison(both, code, pair)]


def _pair(asked: list[str], there: list[str]) -> Pair:
    if not asked and len(there) == 2:
        return there[0], there[1]
    unknown = [coder for coder in asked if coder not in there]
    if len(asked) != 2 or unknown:
        pairs = "; ".join(f"{a},{b}" for a, b in list(combinations(there, 2))[:6]) or "none"
        wrong = f" Not a coder of these documents: {quoted(unknown[0])}." if unknown else ""
        raise UsageError(
            f"name the two coders that the table compares: --coders A,B (pairs: {pairs}).{wrong}"
        )
    return asked[0], asked[1]


def _counts(corpus: Corpus, codings: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return how often each code was given in what the matrix has as columns."""
    marks = codings[codings["variable"] == "codes"]
    segments = corpus.segments.set_index("segment_id")
    by = {
        "document": marks["segment_id"].map(segments["document_id"]),
        "case": marks["segment_id"].map(segments["case_id"]),
        "coder": marks["coder_id"],
    }
    known = {"document": _document_names(corpus), "case": _own(corpus.cases["case_id"])}
    known |= {"coder": _own(corpus.coders["coder_id"])}
    met = {kind: _matched(columns, names) for kind, names in known.items()}
    kind = max(met, key=lambda each: len(met[each]))
    counted = marks.groupby([marks["value"], by[kind].to_numpy()]).size()
    rows = [
        (code, column, COUNT, int(counted.get((code, place), 0)))
        for code in corpus.codes["code_id"]
        for column, place in met[kind].items()
    ]
    return pd.DataFrame(rows, columns=[*KEYS, "value"])


def _judged(theirs: pd.DataFrame, ours: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """Return their cells with our values, under their own names for codes and documents."""
    codes = _matched(theirs["code"].unique(), _code_names(corpus))
    documents = _matched(theirs["document"].unique(), _document_names(corpus))
    asked = theirs[KEYS].drop_duplicates()
    ours = ours.drop_duplicates(KEYS).set_index(KEYS)["value"]
    found = []
    for code, document, measure in asked.itertuples(index=False, name=None):
        place = document if measure == COUNT or not document else documents.get(document)
        key = (codes.get(code), place, measure)
        if key in ours.index:
            found.append((code, document, measure, float(ours[key])))
    return compare(theirs, pd.DataFrame(found, columns=[*KEYS, "value"]))


def _code_names(corpus: Corpus) -> dict[str, str]:
    codes = corpus.codes
    return _own(codes["code_id"]) | {
        _plain(name): code
        for code, name in zip(codes["code_id"], codes["name"], strict=True)
        if (codes["name"] == name).sum() == 1
    }


def _document_names(corpus: Corpus) -> dict[str, str]:
    documents = corpus.documents.dropna(subset=["name"])
    named = {_plain(name): d for d, name in zip(documents["document_id"], documents["name"], strict=True)}
    return named | _own(corpus.documents["document_id"])


def _own(ids: pd.Series) -> dict[str, str]:
    return {_plain(each): str(each) for each in ids}


def _matched(names: Sequence[str], known: Mapping[str, str]) -> dict[str, str]:
    """Return their name -> our id; the last part of a path of codes is tried after the whole."""
    found = {}
    for name in map(str, names):
        last = name.replace("::", "\\").rpartition("\\")[2]
        place = known.get(_plain(name)) or known.get(_plain(last))
        if place is not None:
            found[name] = place
    return found


def _plain(name: object) -> str:
    """Return a name without case, blanks at its edges and the ending of a text file."""
    plain = unicodedata.normalize("NFC", str(name)).strip().casefold()
    for ending in (".txt", ".docx", ".doc", ".rtf", ".pdf", ".odt"):
        plain = plain.removesuffix(ending)
    return plain
