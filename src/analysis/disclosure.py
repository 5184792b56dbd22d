"""What may be shown to whom: consent, named policies for text and small counts, labels that are not ids."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from .corpus import Corpus, natural
from .errors import DisclosureError, Problem, did_you_mean
from .study import Study
from .suppression import complement_row

__all__ = [
    "HIDDEN", "NOT_SHOWN", "POLICIES", "Policy", "case_labels", "check_indirect", "keyed_hash", "policy_of",
    "public_corpus", "public_themes", "quotable", "shows_text",
]  # fmt: skip

NOT_SHOWN = "[not shown]"
HIDDEN = "*"
MOST_INDIRECT = 2  # Hrynaszkiewicz et al. 2010: three or more need consent or review
IN_VIVO_WORDS = 3


@dataclass(frozen=True)
class Policy:
    """A named rule for what is published.

    Parameters
    ----------
    said : str
        The rule in words, with its source.
    hides_to : int
        Counts of participants from 1 to this are hidden.
    hides_zero : bool
        Whether zero is hidden too.
    nearest : int
        What is shown is rounded to a multiple of this; 1 shows counts as they are.
    midpoint : int
        Counts are shown as the middle of steps of this size, 0 as 0; 1 shows counts as they are.
    text : bool
        Whether interview text, summaries, memos and definitions may be shown where consent allows.
    """

    said: str
    hides_to: int = 0
    hides_zero: bool = False
    nearest: int = 1
    midpoint: int = 1
    text: bool = True

    @property
    def counts_as_they_are(self) -> bool:
        """Whether no count is hidden or changed."""
        return not self.hides_to and self.nearest == 1 and self.midpoint == 1

    def small(self, counts: np.ndarray) -> np.ndarray:
        """Return which counts are hidden for themselves."""
        return (counts <= self.hides_to) & ((counts > 0) | self.hides_zero) & bool(self.hides_to)

    def rounded(self, counts: np.ndarray) -> np.ndarray:
        """Return counts as they are printed.

        Examples
        --------
        >>> POLICIES["opensafely_midpoint6"].rounded(np.array([0, 1, 6, 7, 13]))
        array([ 0,  3,  3,  9, 15])
        >>> POLICIES["acro"].rounded(np.array([12, 13]))
        array([10, 15])
        """
        if self.midpoint > 1:
            step = -(-counts // self.midpoint)
            return step * self.midpoint - (self.midpoint // 2) * (counts > 0)
        return (counts + self.nearest // 2) // self.nearest * self.nearest


POLICIES = {
    "as_published": Policy("All counts and the words of consenting participants are shown."),
    "text_free": Policy(
        "All counts are shown; no text, summary, memo, definition or participant's phrase is.", text=False
    ),
    "nhs_mental_health": Policy(
        "Counts below 5, zero too, are hidden, others rounded to the nearest 5 (NHS England, mental health "
        "statistics).",
        hides_to=4, hides_zero=True, nearest=5,
    ),
    "hes_before_2018": Policy(
        "Counts of 1 to 5 are hidden (NHS Digital, Hospital Episode Statistics before September 2018).",
        hides_to=5,
    ),
    "nhs_subnational": Policy(
        "Counts of 1 to 7 are hidden, others rounded to the nearest 5 (NHS Digital, sub-national figures "
        "from 2018; zero is not spoken of and is shown).",
        hides_to=7, nearest=5,
    ),
    "opensafely": Policy(
        "Counts of 1 to 7 are hidden, others rounded to the nearest 5; totals are sums of rounded counts "
        "(OpenSAFELY).",
        hides_to=7, nearest=5,
    ),
    "opensafely_midpoint6": Policy(
        "Counts are shown as the middle of steps of six, zero as zero (OpenSAFELY).", midpoint=6
    ),
    "ukllc": Policy("Counts below 10, zero too, are hidden (UK LLC).", hides_to=9, hides_zero=True),
    "acro": Policy(
        "Counts below 10, zero too, are hidden, others rounded to the nearest 5 (ACRO, defaults).",
        hides_to=9, hides_zero=True, nearest=5,
    ),
}  # fmt: skip


def policy_of(study: Study) -> Policy:
    """Return the policy that the study declares."""
    return POLICIES[study.disclosure.policy]


def shows_text(study: Study) -> bool:
    """Return whether the study's policy lets any interview text, summary or memo be published."""
    return policy_of(study).text


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


def public_themes(themes: pd.DataFrame, corpus: Corpus, study: Study) -> pd.DataFrame:
    """Return lines of themes.csv as the policy lets them be published.

    Hidden counts are missing and the line is marked ``hidden``; a share, a label and the segments of a hidden
    count go with it. Counts hidden to protect others are the smallest in the line. Names that are
    participants' words go where no text may be shown.

    Returns
    -------
    DataFrame
        The same lines with a further column ``hidden``.
    """
    names = _public_names(corpus, study)
    named = themes["code_id"].map(names).fillna(themes["name"]).astype(themes["name"].dtype)
    table = themes.assign(name=named, hidden=False)
    policy = policy_of(study)
    if policy.counts_as_they_are or table.empty:
        return table
    hidden = _hidden(table, corpus, policy)
    counts = table["n_cases"].to_numpy(int)
    shown = policy.rounded(counts)
    if study.disclosure.policy == "opensafely":
        hidden, shown = _summed(table, hidden, shown)
    table["hidden"] = hidden
    table["n_cases"] = pd.array(shown, dtype="Int64")
    table["share"] = shown / table["n_group"].to_numpy(float)
    gone = [name for name in _GO_ALONG if name in table]
    table[gone] = table[gone].astype("Int64").mask(pd.Series(True, index=table.index))
    table["n_cases"] = table["n_cases"].mask(hidden)
    table["share"] = table["share"].mask(hidden)
    table["label"] = ""
    return table


_GO_ALONG = [
    "n_segments", "n_asked", "n_spontaneous", "n_supporting", "n_contradicting", "n_cases_contradicting",
]  # fmt: skip


def _hidden(table: pd.DataFrame, corpus: Corpus, policy: Policy) -> np.ndarray:
    """Return which lines are hidden; subcodes first: a theme has no fewer participants than they have."""
    hidden = np.zeros(len(table), dtype=bool)
    parent = corpus.codes.set_index("code_id")["parent_id"].to_dict()
    printed: dict[tuple[str, str], np.ndarray] = {}
    at = table.groupby(["code_id", "rollup"], sort=False).indices
    deepest_first = sorted(at, key=lambda each: (-_depth(each[0], parent), each))
    counts, size, total = (table[name].to_numpy() for name in ("n_cases", "n_group", "group"))
    for code, rollup in deepest_first:
        rows = at[code, rollup]
        rows = rows[np.argsort(total[rows] == "all", kind="stable")]
        n = counts[rows].astype(int)
        below = printed.get((code, rollup), np.zeros(len(n)))
        least = np.maximum(below, 0 if policy.hides_zero else 1)
        mine = policy.small(n)
        mine = complement_row(n, mine, least, size[rows].astype(int)) if len(n) > 1 else mine
        hidden[rows] = mine
        above = (parent.get(code), rollup)
        if rollup == "descendants" and not pd.isna(above[0]):
            floor = np.where(mine, 0, n)
            printed[above] = np.maximum(printed.get(above, 0), floor)
    return hidden


def _depth(code: str, parent: dict[str, str | None]) -> int:
    above = parent.get(code)
    return 0 if above is None or pd.isna(above) else 1 + _depth(above, parent)


def _summed(table: pd.DataFrame, hidden: np.ndarray, shown: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return totals as sums of rounded counts; hidden where one of these is, since it would give it away."""
    hidden, shown = hidden.copy(), shown.copy()
    group = table["group"].to_numpy(object)
    for rows in table.groupby(["code_id", "rollup"], sort=False).indices.values():
        total, parts = rows[group[rows] == "all"], rows[group[rows] != "all"]
        if len(parts):
            shown[total] = shown[parts].sum()
            hidden[total] = hidden[parts].any()
    return hidden, shown


def public_corpus(corpus: Corpus, study: Study) -> Corpus:
    """Return the tables as they may be published: without any text where the policy allows none.

    Text, names of documents, summaries, memos, definitions, remarks of auditors and reasons for recoding go;
    names of codes that are participants' words become running numbers.
    """
    if shows_text(study):
        return corpus
    tables = corpus.tables()
    for name, columns in _TEXT.items():
        kept = [column for column in columns if column in tables[name]]
        tables[name] = tables[name].assign(**dict.fromkeys(kept, pd.NA)).astype(dict.fromkeys(kept, "string"))
    names = _public_names(corpus, study)
    tables["codes"]["name"] = tables["codes"]["code_id"].map(names)
    tables["charting"] = tables["charting"].assign(summary=NOT_SHOWN)
    return replace(corpus, **tables)


_TEXT = {
    "documents": ["name", "text", "sha256"],
    "codes": ["definition"],
    "segments": ["text"],
    "codings": ["memo"],
    "audit": ["comment", "resolution"],
    "recodes": ["why"],
}


def _public_names(corpus: Corpus, study: Study) -> dict[str, str]:
    """Return code -> name as it may be shown: without text, a phrase that a participant said is a number."""
    names = corpus.codes.set_index("code_id")["name"]
    if shows_text(study):
        return names.to_dict()
    said = " ".join(_plain(text) for text in corpus.segments["text"].dropna())
    said += " ".join(_plain(text) for text in corpus.documents["text"].dropna())
    return {
        code: f"code {place}" if _in_vivo(str(name), said) else str(name)
        for place, (code, name) in enumerate(names.items(), start=1)
    }


def _in_vivo(name: str, said: str) -> bool:
    """Return whether a code's name is somebody's words: in quotation marks, or a phrase that was said."""
    quoted = bool(re.search('["“”„«»]', name)) or name.startswith(("'", "‘"))
    return quoted or (len(name.split()) >= IN_VIVO_WORDS and f" {_plain(name)} " in f" {said} ")


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", str(text).casefold()))


def keyed_hash(text: str, key: bytes) -> str:
    """Return a hash of a text that nobody can guess without the key, which stays with the data.

    The plain hash of a short answer can be found by hashing likely answers.

    Examples
    --------
    >>> keyed_hash("yes", b"one key") == keyed_hash("yes", b"another key")
    False

    Raises
    ------
    DisclosureError
        If the key is too short to protect anything.
    """
    if len(key) < 7:
        raise DisclosureError("the key of a keyed hash must have 7 bytes or more.")
    return hmac.new(key, text.encode("utf-8"), hashlib.sha256).hexdigest()


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
