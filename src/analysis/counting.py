"""Which codings count: from what several coders marked to one set of codes, or one value, a segment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .corpus import Corpus
from .division import INTERVIEWERS
from .errors import DataError, Problem, did_you_mean, quoted
from .incidence import places
from .study import Study, Where
from .units import Presence, presence, ratings

__all__ = ["Counted", "agreed_by_all", "counted_codes", "counted_or_none", "counted_values"]

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
    """

    rule: str
    said: str
    marks: pd.DataFrame


def rule_of(corpus: Corpus, study: Study, variable: str = "codes") -> str:
    """Return the declared counting rule; undeclared: consensus if there is one, else majority or the coder.

    Raises
    ------
    DataError
        If the declared rule has no data.
    """
    codings = corpus.of(variable)
    settled = (codings["stage"] == "consensus").any()
    coders = codings["coder_id"].unique().tolist()
    rule = study.themes.counted
    if rule is None:
        return "consensus" if settled else "majority" if len(coders) > 1 else f"coder:{coders[0]}"
    if rule == "consensus" and not settled:
        what = "says consensus, and no coding of that stage is there. Add it, or count by another rule."
        raise DataError(Problem(what, file="study.yml", column="themes.counted"))
    if rule.startswith("coder:") and rule.removeprefix("coder:") not in coders:
        name = rule.removeprefix("coder:")
        what = f"{quoted(name)} coded nothing.{did_you_mean(name, coders)}"
        raise DataError(Problem(what, file="study.yml", column="themes.counted"))
    if rule in ("all", "any", "majority") and (codings["stage"] != "independent").all():
        what = f"says {rule}, which counts independent codings, and none are there."
        raise DataError(Problem(what, file="study.yml", column="themes.counted"))
    return rule


def counted_codes(corpus: Corpus, study: Study) -> Counted:
    """Return every segment and code that counts under the study's rule; interviewers' speech never counts.

    Raises
    ------
    DataError
        If the declared rule has no data.
    """
    rule = rule_of(corpus, study)
    if rule == "consensus":
        used = corpus.of("codes", "consensus")
    elif rule.startswith("coder:"):
        used = _last_stage(corpus, rule.removeprefix("coder:"))
    else:
        used = _by_share(corpus, study, rule)
    said = SAID.get(rule, f"as coded by {rule.removeprefix('coder:')}")
    return Counted(rule, said, _marks(corpus, used))


def _marks(corpus: Corpus, used: pd.DataFrame) -> pd.DataFrame:
    """Return each segment and code once, by segment and code, with whose words they are."""
    segment, segments = pd.factorize(used["segment_id"], sort=True)
    code, codes = pd.factorize(used["value"], sort=True)
    pair, first = np.unique(segment * len(codes) + code, return_index=True)
    home = pd.Index(corpus.segments["segment_id"]).get_indexer(segments)[pair // max(1, len(codes))]
    at = corpus.segments[["segment_id", "case_id", "speaker"]].iloc[home].reset_index(drop=True)
    at["group"] = _group_of(corpus, at["case_id"])
    at["code_id"] = used["value"].iloc[first].reset_index(drop=True)
    at["supports"] = _supports(used, segment * len(codes) + code, pair)
    names, speakers = pd.factorize(at["speaker"])
    asks = np.append([str(name).casefold() in INTERVIEWERS for name in speakers], False)
    columns = ["segment_id", "case_id", "group", "code_id", "supports"]
    return at.loc[~asks[names].astype(bool), columns].reset_index(drop=True)


def _group_of(corpus: Corpus, cases: pd.Series) -> pd.Series:
    return corpus.cases["group"].reindex(places(corpus.cases["case_id"], cases)).reset_index(drop=True)


def _supports(used: pd.DataFrame, pairs: np.ndarray, pair: np.ndarray) -> pd.Series:
    """Return what the codings of a segment and code say of it: supports, contradicts or divided."""
    said = pd.Series(pd.NA, index=range(len(pair)), dtype="string")
    for word in ("supports", "contradicts"):
        mine = np.isin(pair, pairs[(used["supports"] == word).fillna(False).to_numpy(bool)])
        said = said.mask(mine, other=said.where(said.isna(), "divided").fillna(word))
    return said


def counted_or_none(corpus: Corpus, study: Study) -> Counted | None:
    """Return the codings that count, or None where the study has no codes (only ratings)."""
    return counted_codes(corpus, study) if "codes" in corpus.variables() else None


def _last_stage(corpus: Corpus, coder: str) -> pd.DataFrame:
    mine = corpus.of("codes")
    mine = mine[(mine["coder_id"] == coder) & (mine["stage"] != "training")]
    stage = "consensus" if (mine["stage"] == "consensus").any() else "independent"
    mine = mine[mine["stage"] == stage]
    return mine[mine["round"] == mine["round"].max()]


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
