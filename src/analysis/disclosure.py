"""What may be shown to whom: consent, policy, and labels that are not ids."""

from __future__ import annotations

import pandas as pd

from .corpus import Corpus, natural
from .study import Study

__all__ = ["NOT_SHOWN", "case_labels", "quotable", "shows_text"]

NOT_SHOWN = "[not shown]"


def shows_text(study: Study) -> bool:
    """Return whether the study's policy lets any interview text, summary or memo be published."""
    return study.disclosure.policy != "text_free"


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
    labels = {}
    for group in corpus.groups:
        ids = corpus.cases.loc[corpus.cases["group"] == group, "case_id"]
        name = "participant" if group == "all" else group.replace("_", " ")
        labels |= {case: f"{name} {n}" for n, case in enumerate(sorted(ids, key=natural), start=1)}
    return labels
