"""What a study holds and an export cannot: counted, so that nobody takes the export for the study."""

from __future__ import annotations

import pandas as pd

from ..corpus import Corpus

__all__ = ["left_behind"]

ALWAYS = ("turns", "assignments", "asked", "charting", "audit")
LEFT_BY_BOTH = {
    "codes": {
        "domain": "domains of codes",
        "influence": "influences of codes",
        "influence_on": "what codes influence",
        "a_priori": "marks of codes made before coding",
        "introduced_version": "versions that codes came with",
    },
    "coders": {"kind": "kinds of coders", "role": "roles of coders", "affiliation": "affiliations of coders"},
    "documents": {
        "guide_version": "versions of the guide",
        "coded_version": "versions of the codebook that texts were coded with",
    },
}
LEFT_BY_REFI = {
    "codings": {
        "weight": "weights",
        "supports": "marks of support",
        "codebook_version": "codebook versions",
    },
    "segments": {"speaker": "speakers of segments", "question": "questions of segments"},
}
LEFT_BY_CSV = {
    "codes": {"parent_id": "codes above others", "definition": "definitions of codes"},
    "documents": {"text": "texts of documents", "name": "names of documents"},
}


def left_behind(corpus: Corpus, codings: pd.DataFrame, format_: str) -> dict[str, int]:
    """Return what of a study does not go into an export, each with its count.

    Parameters
    ----------
    corpus : Corpus
    codings : DataFrame
        Those rows of ``corpus.codings`` that are written.
    format_ : {"refi-qda", "csv"}
    """
    tables = corpus.tables()
    coded = corpus.segments["segment_id"].isin(codings["segment_id"])
    written = tables | {"codings": codings, "segments": corpus.segments[coded]}
    left = {
        "codings of other stages or rounds": len(corpus.codings) - len(codings),
        "segments without one of these codings": int((~coded).sum()),
    }
    if format_ == "refi-qda":
        left["ratings"] = int((codings["variable"] != "codes").sum())
        left |= _cells(written, LEFT_BY_REFI) | _of_project(corpus, written["segments"])
    else:
        left |= _cells(written, LEFT_BY_CSV)
        about = [c for c in corpus.cases.columns if c not in ("case_id", "withdrawn")]
        known = corpus.cases[about].notna().any(axis="columns") if about else pd.Series(dtype=bool)
        left["participants with their group, consent and attributes"] = int(known.sum())
    left |= _cells(written, LEFT_BY_BOTH)
    left |= {name: len(tables[name]) for name in ALWAYS}
    return {name: count for name, count in left.items() if count}


def _cells(tables: dict[str, pd.DataFrame], columns: dict[str, dict[str, str]]) -> dict[str, int]:
    """Return how many cells of columns are filled, by what they are called."""
    return {
        what: int(tables[table][column].notna().sum())
        for table, named in columns.items()
        for column, what in named.items()
        if column in tables[table]
    }


def _of_project(corpus: Corpus, segments: pd.DataFrame) -> dict[str, int]:
    """Return what a project has no place for: ids beside names, and segments that have no positions."""
    codes, documents = corpus.codes, corpus.documents
    case_of = documents.set_index("document_id")["case_id"]
    bare = segments[segments["document_id"].notna() & segments["start"].isna()]
    theirs = bare["case_id"].notna() & (bare["case_id"] != bare["document_id"].map(case_of)).fillna(True)
    return {
        "ids of codes": int((codes["code_id"] != codes["name"]).sum()),
        "names of documents": int((documents["name"] != documents["document_id"]).fillna(False).sum()),
        "pages or words of segments without positions": int(bare[["page", "text"]].notna().any(axis=1).sum()),
        "participants of segments without positions": int(theirs.sum()),
    }
