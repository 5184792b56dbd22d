"""The segments behind every number of the report, as data that the page itself filters and shows.

What the study's policy hides is not in it: no words without consent, names by their public labels, and under
a policy that hides small counts nothing at all, since who counts segments has the counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from .agreement.lines import MOST_CODERS_BY_PAIR
from .corpus import Corpus, natural
from .counting import Counted, counted_values
from .disclosure import case_labels, quotable, shows_people
from .division import universe_of
from .identifiers import find
from .places import places
from .publicnames import code_labels, code_names, segment_labels, unlinked
from .readings import applied
from .study import Study
from .units import ratings

__all__ = ["evidence"]


def evidence(
    corpus: Corpus, study: Study, counted: Counted | None, names: tuple[str, ...] = ()
) -> dict[str, Any] | None:
    """Return everything that the page needs to show the segments behind a number; None where it may not.

    Parameters
    ----------
    corpus : Corpus
    study : Study
    counted : Counted or None
        The codings that count for themes.
    names : tuple of str
        Names that no quote may hold.

    Returns
    -------
    dict or None
        Lists as long as there are segments (``ids``, ``cases``, ``homes``, ``texts``, ``counted``, ``marks``,
        ``seen``) hold places in the lists ``codes``, ``people``, ``groups``, ``coders``; a mark is coder x
        number of codes + code; ``sides`` hold which of the codes that count a segment supports and
        contradicts; ``variables`` hold each coder's value of each segment; ``crossed`` the table that each
        pair's coefficient was computed from. Where nothing may show which segments are one person's,
        ``people`` is empty, ``cases`` are -1 and segments stand in the order of their ids.
    """
    if not shows_people(study):
        return None
    coders = _coders(corpus)
    codes = corpus.codes["code_id"].astype(str).tolist()
    labels = segment_labels(corpus, study)
    segments = _looked_at(corpus, study)
    if unlinked(study):  # the order of transcripts would tell
        segments = segments.sort_values("segment_id", key=lambda ids: ids.map(labels), ignore_index=True)
    place = {segment: n for n, segment in enumerate(segments["segment_id"])}
    people = [] if unlinked(study) else corpus.cases["case_id"].tolist()
    called, who = code_names(corpus, study), case_labels(corpus)
    return {
        "unit": study.agreement.unit,
        "coders": coders,
        "groups": corpus.groups,
        "codes": _codebook(corpus, study, called),
        "people": [who.get(case, "") for case in people],
        "ids": [labels[segment] for segment in segments["segment_id"]],
        "cases": _places(segments["case_id"], people),
        "homes": _places(segments["case_id"].map(_home(corpus)), corpus.groups),
        "texts": _texts(corpus, study, segments, names),
        "counted": _counted(counted, place, codes),
        "sides": _sides(counted, place, codes),
        **_marks(corpus, study, place, coders, codes),
        "variables": dict(_variables(corpus, study, place, coders)),
        "crossed": dict(_crossed(corpus, study, dict(code_labels(corpus, study)))),
    }


def _coders(corpus: Corpus) -> list[str]:
    """Return the coders who coded independently, in their order."""
    used = set(corpus.codings.loc[corpus.codings["stage"] == "independent", "coder_id"])
    return [coder for coder in corpus.coders["coder_id"] if coder in used]


def _looked_at(corpus: Corpus, study: Study) -> pd.DataFrame:
    """Return the segments that anybody coded, and those that agreement is computed on."""
    ids = corpus.segments["segment_id"]
    coded = places(corpus.codings["segment_id"].drop_duplicates(), ids) >= 0
    compared = places(universe_of(corpus, study.agreement.where)["segment_id"], ids) >= 0
    return corpus.segments[coded | compared].reset_index(drop=True)


def _codebook(corpus: Corpus, study: Study, called: Mapping[str, str]) -> list[dict[str, Any]]:
    labels = code_labels(corpus, study)
    at = {code: n for n, code in enumerate(corpus.codes["code_id"])}
    return [
        {"id": labels[code], "name": called[code], "parent": at.get(parent, -1)}
        for code, parent in corpus.codes[["code_id", "parent_id"]].itertuples(index=False)
    ]


def _home(corpus: Corpus) -> pd.Series:
    """Return case -> group."""
    return corpus.cases.set_index("case_id")["group"]


def _places(values: pd.Series, among: list[str]) -> list[int]:
    return pd.Index(among).get_indexer(values).tolist() if among else [-1] * len(values)


def _texts(corpus: Corpus, study: Study, segments: pd.DataFrame, names: tuple[str, ...]) -> list[str | None]:
    """Return the words that may be shown; None where consent, policy or a possible identifier forbids.

    Where a person's quotes must not be linked with each other, none are: here they would stand together.
    """
    if unlinked(study):
        return [None] * len(segments)
    may = set(corpus.segments.loc[quotable(corpus, study), "segment_id"])
    whole = corpus.documents.set_index("document_id")["text"]
    told: list[str | None] = []
    for line in segments[["segment_id", "document_id", "start", "end", "text"]].itertuples(index=False):
        text = None
        if line.segment_id in may:
            spanned = (
                pd.isna(line.text) and not pd.isna(line.start) and not pd.isna(whole.get(line.document_id))
            )
            text = whole[line.document_id][int(line.start) : int(line.end)] if spanned else line.text
        told.append(None if text is None or pd.isna(text) or find(str(text), names) else str(text))
    return told


def _counted(counted: Counted | None, place: Mapping[str, int], codes: list[str]) -> list[list[int]]:
    return [[] for _ in place] if counted is None else _by_segment(counted.marks, place, codes)


def _sides(counted: Counted | None, place: Mapping[str, int], codes: list[str]) -> dict[str, list[list[int]]]:
    """Return side -> codes by segment; nothing where coders did not record it."""
    if counted is None or counted.marks["supports"].isna().all():
        return {}
    said = counted.marks["supports"]
    return {
        side: _by_segment(counted.marks[said.isin([side, "divided"])], place, codes)
        for side in ("supports", "contradicts")
    }


def _by_segment(marks: pd.DataFrame, place: Mapping[str, int], codes: list[str]) -> list[list[int]]:
    """Return the codes of each segment, as places."""
    found: list[list[int]] = [[] for _ in place]
    at = {code: n for n, code in enumerate(codes)}
    for segment, code in marks[["segment_id", "code_id"]].itertuples(index=False):
        if segment in place:
            found[place[segment]].append(at[code])
    return found


def _marks(
    corpus: Corpus, study: Study, place: Mapping[str, int], coders: list[str], codes: list[str]
) -> dict[str, Any]:
    """Return who gave which code, and who saw which segment, in the headline round."""
    marks: list[list[int]] = [[] for _ in place]
    seen: list[set[int]] = [set() for _ in place]
    mine = corpus.of("codes", "independent")
    rounds = corpus.rounds("codes")
    if rounds:
        mine = mine[mine["round"] == rounds[-1]]
        at, who = {code: n for n, code in enumerate(codes)}, {coder: n for n, coder in enumerate(coders)}
        for segment, coder, code in mine[["segment_id", "coder_id", "value"]].itertuples(index=False):
            marks[place[segment]].append(who[coder] * len(codes) + at[code])
            seen[place[segment]].add(who[coder])
    if rounds and study.agreement.unit == "segment" and study.segmentation != "own":
        shown = applied(corpus, study)
        who_at = [coders.index(coder) for coder in shown.frame.coders]
        for n, segment in enumerate(shown.frame.units["unit_id"]):
            if segment in place:
                seen[place[segment]].update(who_at[m] for m in np.flatnonzero(shown.seen[:, n]))
    return {"marks": [sorted(each) for each in marks], "seen": [sorted(each) for each in seen]}


def _variables(
    corpus: Corpus, study: Study, place: Mapping[str, int], coders: list[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each single-valued variable: its values, what each coder gave each segment, and what counts."""
    for variable in corpus.variables():
        if variable == "codes":
            continue
        values = study.variables[variable].values
        values = values or sorted(corpus.of(variable)["value"].unique().tolist(), key=natural)
        at = {value: n for n, value in enumerate(values)}
        given = np.full((len(place), len(coders)), -1, dtype=int)
        if (corpus.of(variable)["stage"] == "independent").any():
            rated = ratings(corpus, study, variable)
            rows = [place[unit] for unit in rated.units["unit_id"]]
            for m, coder in enumerate(rated.coders):
                row = rated.values[m]
                given[rows, coders.index(coder)] = np.where(np.isnan(row), -1, np.nan_to_num(row)).astype(int)
        settled = [-1] * len(place)
        counts = counted_values(corpus, study, variable).dropna(subset=["value"])
        for segment, value in counts[["segment_id", "value"]].itertuples(index=False):
            settled[place[segment]] = at[value]
        yield variable, {"values": values, "given": given.tolist(), "counted": settled}


def _crossed(corpus: Corpus, study: Study, labels: Mapping[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield, for each code and variable, the table of each pair of coders over the units both rated.

    There is nothing where the method has no agreement, and no pair where there are too many coders for lines
    by pair.
    """
    if study.not_applicable("02_agreement"):
        return
    for variable in corpus.variables():
        if (corpus.of(variable)["stage"] != "independent").all():
            continue
        if variable == "codes":
            shown = applied(corpus, study)
            words: tuple[str, ...] = ("no", "yes")
            parts = [(labels[code], shown.of(code), words) for code in shown.codes]
        else:
            rated = ratings(corpus, study, variable)
            parts = [(f"variable {variable}", rated, rated.domain)]
        for name, part, words in parts:
            yield name, {"words": list(words), "pairs": dict(_tables(part.values, part.coders, len(words)))}


def _tables(values: np.ndarray, coders: tuple[str, ...], V: int) -> Iterator[tuple[str, list[list[int]]]]:
    if len(coders) > MOST_CODERS_BY_PAIR:
        return
    for a in range(len(coders)):
        for b in range(a + 1, len(coders)):
            both = ~np.isnan(values[a]) & ~np.isnan(values[b])
            crossed = np.zeros((V, V), dtype=int)
            np.add.at(crossed, (values[a, both].astype(int), values[b, both].astype(int)), 1)
            yield f"{coders[a]}|{coders[b]}", crossed.tolist()
