"""What may be shown to whom: consent, tables without text, labels that are not ids, indirect identifiers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pandas as pd

from .corpus import Corpus, natural
from .errors import DisclosureError, Problem, did_you_mean
from .identifiers import find
from .policies import HIDDEN, NOT_SHOWN, POLICIES, Policy, policy_of, shows_people, shows_text
from .publiccounts import public_new_codes, public_pairs, public_themes, public_values, rarely_applied
from .publicnames import code_labels, code_names, public_ids, public_warnings, segment_labels
from .study import Study
from .textkeys import keyed_hash, text_key

__all__ = [
    "HIDDEN", "NOT_SHOWN", "POLICIES", "Policy", "case_labels", "check_indirect", "code_labels",
    "code_names", "keyed_hash", "policy_of", "public_attributes", "public_corpus", "public_ids",
    "public_new_codes", "public_pairs", "public_summary", "public_themes", "public_values",
    "public_warnings", "quotable", "rarely_applied", "segment_labels", "shows_people", "shows_text",
]  # fmt: skip

MOST_INDIRECT = 2  # Hrynaszkiewicz et al. 2010: three or more need consent or review
CONSENT = ("case_id", "interview_order", "consent_quote", "consent_share", "withdrawn")


def quotable(corpus: Corpus, study: Study) -> pd.Series:
    """Return which segments may be quoted: the policy allows text and the participant consented.

    A missing consent flag is no consent.

    Returns
    -------
    Series of bool
        Index: rows of ``corpus.segments``.
    """
    agreed = corpus.cases.loc[corpus.cases["consent_quote"].fillna(False).astype(bool), "case_id"]
    return corpus.segments["case_id"].isin(agreed) & shows_text(study)


def case_labels(corpus: Corpus) -> dict[str, str]:
    """Return case id -> what people read instead: the group's name and a running number.

    Examples
    --------
    >>> cases = pd.DataFrame({"case_id": ["P10", "P9"], "group": ["patient", "patient"]})
    >>> case_labels(Corpus(cases=cases))
    {'P9': 'patient 1', 'P10': 'patient 2'}
    """
    labels: dict[str, str] = {}
    for group in corpus.groups:
        ids = corpus.cases.loc[corpus.cases["group"] == group, "case_id"]
        name = "participant" if group == "all" else group.replace("_", " ")
        labels |= {case: f"{name} {n}" for n, case in enumerate(sorted(ids, key=natural), start=1)}
    return labels


def public_corpus(corpus: Corpus, study: Study) -> Corpus:
    """Return the tables as they may be published: without any text where the policy allows none.

    Text, names of documents and speakers, summaries, memos, definitions, remarks of auditors and reasons for
    recoding go; names of codes that may be participants' words become labels; hashes of texts are keyed. Ids
    stay, since tables are joined by them: :func:`public_ids` replaces them in what is printed.
    """
    if shows_text(study):
        return corpus
    tables = corpus.tables()
    for name, columns in _TEXT.items():
        kept = [column for column in columns if column in tables[name]]
        tables[name] = tables[name].assign(**dict.fromkeys(kept, pd.NA)).astype(dict.fromkeys(kept, "string"))
    tables["codes"]["name"] = tables["codes"]["code_id"].map(code_names(corpus, study)).astype("string")
    tables["documents"]["sha256"] = _hashed(corpus)
    tables["charting"] = tables["charting"].assign(summary=NOT_SHOWN)
    return replace(corpus, **tables)


_TEXT = {
    "documents": ["name", "text", "sha256"],
    "turns": ["speaker"],
    "codes": ["definition"],
    "segments": ["text", "speaker"],
    "codings": ["memo"],
    "audit": ["comment", "resolution"],
    "recodes": ["why"],
}


def _hashed(corpus: Corpus) -> pd.Series:
    """Return the keyed hash of each document's text, missing where it has none."""
    key = text_key(corpus)
    texts = corpus.documents["text"]
    return texts.map(lambda text: keyed_hash(str(text), key), na_action="ignore").astype("string")


def public_summary(summary: str, study: Study) -> str:
    """Return a summary as it may be published: nothing of it without text, or with a direct identifier."""
    if not shows_text(study):
        return NOT_SHOWN
    return f"{NOT_SHOWN} looks like a direct identifier" if find(summary) else summary


def public_attributes(corpus: Corpus, study: Study, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return participants by label with attributes of theirs, a row each.

    Parameters
    ----------
    corpus, study :
        As elsewhere.
    columns : sequence of str, optional
        Columns of cases; all that are no id, order or consent.

    Returns
    -------
    DataFrame
        ``participant`` and the columns; no rows where lines about single participants may not be published.

    Raises
    ------
    DisclosureError
        If three or more indirect identifiers would stand together, unreviewed.
    """
    names = list(columns) if columns is not None else [c for c in corpus.cases if c not in CONSENT]
    check_indirect(names, corpus, study)
    cases = corpus.cases if shows_people(study) else corpus.cases.iloc[:0]
    return cases[names].assign(participant=cases["case_id"].map(case_labels(corpus)))[["participant", *names]]


def check_indirect(shown: Iterable[str], corpus: Corpus, study: Study) -> None:
    """Refuse to show three or more attributes together that could tell who somebody is, unless reviewed.

    Parameters
    ----------
    shown : iterable of str
        Columns of cases that stand in one table.

    Raises
    ------
    DisclosureError
        If three or more of them are declared ``disclosure.indirect`` and no review is recorded.
    """
    _declared(corpus, study.disclosure.indirect)
    risky = [name for name in shown if name in study.disclosure.indirect]
    if len(risky) > MOST_INDIRECT and not study.disclosure.reviewed:
        what = (
            f"{len(risky)} indirect identifiers would stand together: {', '.join(risky)}. Leave some out, or "
            "write who reviewed it in disclosure.reviewed."
        )
        raise DisclosureError(Problem(what, file="study.yml", column="disclosure.indirect"))


def _declared(corpus: Corpus, names: Sequence[str]) -> None:
    known = list(corpus.cases.columns)
    unknown = [name for name in names if name not in known]
    if unknown:
        what = [
            Problem(
                f"{name} is no column of cases.{did_you_mean(name, known)}",
                file="study.yml",
                column="disclosure.indirect",
            )
            for name in unknown
        ]
        raise DisclosureError(what)
