"""Which codings count: from what several coders marked to one set of codes, or one value, a segment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from .coders import humans
from .corpus import Corpus
from .division import INTERVIEWERS
from .errors import DataError, Problem, did_you_mean, quoted
from .places import Places, places, places_of
from .presence import Presence, presence
from .settings import Where
from .study import Study
from .units import ratings

__all__ = ["Counted", "agreed_by_all", "counted_codes", "counted_or_none", "counted_values", "inferred"]

SAID = {
    "consensus": "as settled in consensus",
    "all": "applied by all coders who saw the segment",
    "any": "applied by at least one coder",
    "majority": "applied by more than half of the coders who saw the segment; exactly half is not enough",
}


@dataclass(frozen=True)
class Counted:
    """The codings that count for themes.

    Parameters
    ----------
    rule : str
        consensus, all, any, majority or coder:NAME.
    said : str
        The rule in words.
    marks : DataFrame
        One row a segment and code: ``segment_id``, ``case_id``, ``group``, ``code_id``, ``supports``
        (supports, contradicts, divided where coders who count say both, else missing).
    at : Places, optional
        Where the marks stand in the corpus that they were counted in.
    """

    rule: str
    said: str
    marks: pd.DataFrame
    at: Places | None = field(default=None, repr=False, compare=False)

    def places(self, corpus: Corpus) -> Places:
        """Return where the marks stand in their corpus."""
        return self.at or places_of(corpus, self.marks)


def rule_of(corpus: Corpus, study: Study, variable: str = "codes") -> str:
    """Return the declared counting rule; undeclared: consensus if there is one, else majority or the coder.

    Coders who drew their own spans (``segmentation: own``) seldom chose the very same one, so all and
    majority would count next to nothing: undeclared it is any there, and declared they are refused.

    Raises
    ------
    DataError
        If the declared rule has no data, or compares spans that were never the same.
    """
    codings = corpus.codings.loc[_of(corpus, variable), ["stage", "coder_id"]]
    settled = (codings["stage"] == "consensus").any()
    rule = study.themes.counted
    if settled and rule in (None, "consensus"):
        return "consensus"
    coders = codings["coder_id"].unique().tolist()
    alone = codings.loc[codings["stage"] == "independent", "coder_id"].unique().tolist()
    people = [coder for coder in humans(corpus) if coder in (alone or coders)] or coders
    own = variable == "codes" and study.segmentation == "own" and len(people) > 1
    if rule is None:
        return f"coder:{people[0]}" if len(people) == 1 else "any" if own else "majority"
    what = _lacking(rule, coders, bool(alone)) or (_own_spans(rule) if own else "")
    if what:
        raise DataError(Problem(what, file="study.yml", column="themes.counted"))
    return rule


def inferred(corpus: Corpus, study: Study) -> list[str]:
    """Return what is to be said of a counting rule that study.yml leaves to Concord; most need no word."""
    if study.themes.counted is not None or study.segmentation != "own" or "codes" not in corpus.variables():
        return []
    if rule_of(corpus, study) != "any":
        return []
    return [
        "themes.counted is not declared: each coder drew their own segments, so a code counts where any "
        "coder applied it."
    ]


def _lacking(rule: str, coders: Sequence[str], independent: bool) -> str:
    """Return what is wrong with a declared rule whose codings are not there; empty where they are."""
    if rule == "consensus":
        return "says consensus, and no coding of that stage is there. Add it, or count by another rule."
    name = rule.removeprefix("coder:")
    if name != rule and name not in coders:
        return f"{quoted(name)} coded nothing.{did_you_mean(name, coders)}"
    if name == rule and not independent:
        return f"says {rule}, which counts independent codings, and none are there."
    return ""


def _own_spans(rule: str) -> str:
    if rule not in ("all", "majority"):
        return ""
    return (
        f"says {rule}, which compares coders segment by segment, and each drew their own segments "
        "(segmentation: own). Write any, coder:NAME, or consensus once differences are resolved."
    )


def counted_codes(corpus: Corpus, study: Study) -> Counted:
    """Return every segment and code that counts under the study's rule; interviewers' speech never counts.

    Raises
    ------
    DataError
        If the declared rule has no data.
    """
    rule = rule_of(corpus, study)
    if rule == "consensus":
        used = _last_round(corpus.codings[_of(corpus, "codes", "consensus")])[_USED]
    elif rule.startswith("coder:"):
        used = _last_stage(corpus, rule.removeprefix("coder:"))
    else:
        used = _by_share(corpus, study, rule)
    said = SAID.get(rule, f"as coded by {rule.removeprefix('coder:')}")
    return Counted(rule, said, *_marks(corpus, used))


_USED = ["segment_id", "value", "supports"]


def _of(corpus: Corpus, variable: str, stage: str | None = None) -> np.ndarray:
    """Return which codings are of a variable, and of a stage where one is named."""
    of = corpus.codings["variable"] == variable
    return (of if stage is None else of & (corpus.codings["stage"] == stage)).to_numpy(bool)


def _marks(corpus: Corpus, used: pd.DataFrame) -> tuple[pd.DataFrame, Places]:
    """Return each segment and code once, in the order of segments and codebook, and where they stand."""
    spoken, V = ~_asks(corpus), max(1, len(corpus.codes))
    row = places(corpus.segments["segment_id"], used["segment_id"])
    code = places(corpus.codes["code_id"], used["value"])
    used, row, code = used[spoken[row]], row[spoken[row]], code[spoken[row]]
    pairs = row * V + code
    pair, first = np.unique(pairs, return_index=True)
    row, code = row[first], code[first]
    opens = np.diff(row, prepend=-1) > 0
    rows, segment = row[opens], np.cumsum(opens) - 1
    case = places(corpus.cases["case_id"], corpus.segments["case_id"].iloc[rows])
    columns = {
        "segment_id": corpus.segments["segment_id"].iloc[row],
        "case_id": corpus.segments["case_id"].iloc[row],
        "group": corpus.cases["group"].reindex(case[segment]),
        "code_id": corpus.codes["code_id"].iloc[code],
        "supports": _supports(used["supports"], pairs, pair),
    }
    marks = pd.DataFrame({name: column.reset_index(drop=True) for name, column in columns.items()})
    return marks, Places(segment, code, rows, case)


def _asks(corpus: Corpus) -> np.ndarray:
    """Return which segments are an interviewer's speech."""
    speaker, names = pd.factorize(corpus.segments["speaker"])
    return np.append([str(name).casefold() in INTERVIEWERS for name in names], False).astype(bool)[speaker]


def _supports(said: pd.Series, pairs: np.ndarray, pair: np.ndarray) -> pd.Series:
    """Return what the codings of a segment and code say of it: supports, contradicts or divided."""
    found = pd.Series(pd.NA, index=range(len(pair)), dtype="string")
    for word in ("supports", "contradicts"):
        mine = np.isin(pair, pairs[(said == word).fillna(False).to_numpy(bool)])
        if mine.any():
            found = found.mask(mine, other=found.where(found.isna(), "divided").fillna(word))
    return found


def counted_or_none(corpus: Corpus, study: Study) -> Counted | None:
    """Return the codings that count, or None where the study has no codes (only ratings)."""
    return counted_codes(corpus, study) if "codes" in corpus.variables() else None


def _last_stage(corpus: Corpus, coder: str) -> pd.DataFrame:
    mine = corpus.of("codes")
    mine = mine[(mine["coder_id"] == coder) & (mine["stage"] != "training")]
    stage = "consensus" if (mine["stage"] == "consensus").any() else "independent"
    return _last_round(mine[mine["stage"] == stage])


def _last_round(codings: pd.DataFrame) -> pd.DataFrame:
    """Return the codings of the last of their rounds: rounds are never pooled."""
    return codings[codings["round"] == codings["round"].max()]


def agreed_by_all(corpus: Corpus, study: Study) -> pd.MultiIndex:
    """Return segment and code where two coders or more saw the segment and every one applied the code."""
    if not (corpus.of("codes")["stage"] == "independent").any():
        return pd.MultiIndex.from_arrays([[], []])
    seen, n_seen, applied = _applied(corpus, study)
    base = n_seen[applied["unit"].to_numpy(int)]
    chosen = applied[(base > 1) & (applied["n"] == base)]
    segment = seen.frame.units["unit_id"].to_numpy(object)[chosen["unit"].to_numpy(int)]
    return pd.MultiIndex.from_arrays([segment, chosen["code_id"].astype(object)])


def _applied(corpus: Corpus, study: Study) -> tuple[Presence, np.ndarray, pd.DataFrame]:
    """Return who saw what, by how many each segment was seen, and by how many each code was applied."""
    everyone = study.agreement.model_copy(update={"where": Where(), "unit": "segment"})
    seen = presence(corpus, study.model_copy(update={"agreement": everyone, "segmentation": "shared"}))
    applied = seen.marks.groupby(["unit", "code_id"], sort=True).size().reset_index(name="n")
    return seen, seen.seen.sum(axis=0), applied


def _by_share(corpus: Corpus, study: Study, rule: str) -> pd.DataFrame:
    """Return segment and code pairs that enough of the coders who saw the segment applied."""
    seen, n_seen, applied = _applied(corpus, study)
    base = n_seen[applied["unit"].to_numpy(int)]
    share = applied["n"] / base
    keep = {"any": share > 0, "all": share == 1, "majority": share > 0.5}[rule]
    chosen = applied[keep]
    segment = seen.frame.units["unit_id"].to_numpy(object)[chosen["unit"].to_numpy(int)]
    kept = pd.MultiIndex.from_arrays([segment, chosen["code_id"]])
    codings = corpus.of("codes", "independent", seen.frame.round)
    codings = codings[codings["coder_id"].isin(seen.frame.coders)]
    mine = pd.MultiIndex.from_frame(codings[["segment_id", "value"]]).isin(kept)
    return codings.loc[mine, ["segment_id", "value", "supports"]]


def counted_values(corpus: Corpus, study: Study, variable: str) -> pd.DataFrame:
    """Return one value a segment of a single-valued variable.

    Majority: the value most coders gave; an exact tie goes to the tied value that the first coder (in the
    coders' order) gave, or stays unresolved, as ``themes.ties`` says.

    Returns
    -------
    DataFrame
        ``segment_id``, ``case_id``, ``group``, ``value`` (missing where unresolved), ``tie``, ``rule``.
    """
    rule = rule_of(corpus, study, variable)
    stage = "consensus" if rule == "consensus" else "independent"
    everyone = study.agreement.model_copy(update={"where": Where(), "unit": "segment"})
    rated = ratings(corpus, study.model_copy(update={"agreement": everyone}), variable, stage)
    if rule.startswith("coder:"):
        rated = rated.select(coders=[rule.removeprefix("coder:")])
    values, V = rated.values, len(rated.domain)
    counts = np.stack([(values == v).sum(axis=0) for v in range(V)])
    best = counts.max(axis=0)
    tied = (counts == best).sum(axis=0) > 1
    place = counts.argmax(axis=0)
    if study.themes.ties == "first_coder":
        place = np.where(tied, _first_among(values, counts == best), place)
    labels = np.array([*rated.domain, None], dtype=object)
    unresolved = (best == 0) | (tied & (study.themes.ties == "unresolved"))
    chosen = labels[np.where(unresolved, V, place)]
    frame = rated.units.rename(columns={"unit_id": "segment_id"})[["segment_id", "case_id", "group"]]
    rule = "majority" if rule in ("all", "any") else rule
    return frame.assign(value=chosen, tie=tied, rule=rule)


def _first_among(values: np.ndarray, tied: np.ndarray) -> np.ndarray:
    """Return, a unit, the first coder's value that is among the tied ones."""
    N = values.shape[1]
    given = np.where(np.isnan(values), 0, values).astype(int)
    among = tied[given, np.arange(N)] & ~np.isnan(values)
    first = among.argmax(axis=0)
    return given[first, np.arange(N)]
