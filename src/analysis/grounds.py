"""What stands behind a number: the participants, documents, codes or segments that were counted for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import pandas as pd

from .agreement.compared import Compared, Comparisons, subject
from .agreement.sheet import headline
from .corpus import Corpus, natural
from .counting import Counted, counted_or_none, counted_values
from .framework import framework_matrix
from .keys import split
from .overview import coded_by_table
from .study import Study

__all__ = ["Grounds", "Material", "grounds"]

UNKNOWN = "Which records stand behind this kind of number is not known here."


@dataclass(frozen=True)
class Grounds:
    """What was counted, or compared, for one number.

    Parameters
    ----------
    what : str
        What `ids` name: participants, documents, segments, codes, units, cells ...
    ids : tuple of str
        Each thing counted, once for each time it counts.
    segments : tuple of str
        The segments behind them.
    said : str
        How they were chosen, in a sentence.
    given : tuple of dict
        For agreement: what the coders gave, and how many units were given that.
    """

    what: str
    ids: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    said: str = ""
    given: tuple[Mapping[str, Any], ...] = field(default=())


class Material:
    """A study's tables with what several numbers rest on, each made once.

    Parameters
    ----------
    corpus : Corpus
    study : Study
    agreement : DataFrame or None
        agreement.csv, where the study has one.
    claims : mapping
        Claim id -> its verdict.
    """

    def __init__(
        self,
        corpus: Corpus,
        study: Study,
        agreement: pd.DataFrame | None,
        claims: Mapping[str, str] | None = None,
    ) -> None:
        self.corpus, self.study, self.agreement = corpus, study, agreement
        self.claims = dict(claims or {})
        self.comparisons = Comparisons(corpus, study)
        self._compared = cache(lambda variable, code, only: self.comparisons.of(variable, code, dict(only)))
        self.values = cache(lambda variable: counted_values(corpus, study, variable))

    @cached_property
    def counted(self) -> Counted | None:
        """The codings that count for themes."""
        return counted_or_none(self.corpus, self.study)

    @cached_property
    def marks(self) -> pd.DataFrame:
        """Segments and codes that count."""
        columns = ["segment_id", "case_id", "group", "code_id"]
        return pd.DataFrame(columns=columns) if self.counted is None else self.counted.marks

    @cached_property
    def matrix(self) -> pd.DataFrame:
        """The cells of the framework matrix."""
        return framework_matrix(self.corpus, self.study, self.counted)

    @cached_property
    def by_coders(self) -> pd.Series:
        """Segment -> how many coders coded it independently."""
        independent = self.corpus.codings[self.corpus.codings["stage"] == "independent"]
        return independent.groupby("segment_id")["coder_id"].nunique()

    def compared(self, variable: str, code: str | None, only: Mapping[str, str]) -> Compared:
        """Return the units behind a coefficient, or behind coders' differences."""
        return self._compared(variable, code, tuple(sorted(only.items())))

    def segments_of(self, column: str, names: Iterable[str]) -> list[str]:
        """Return the segments of some cases or documents."""
        mine = self.corpus.segments[column].isin(list(names))
        return self.corpus.segments.loc[mine, "segment_id"].tolist()

    def in_group(self, frame: pd.DataFrame, group: str | None) -> pd.DataFrame:
        """Return the rows of cases of a group, or of several joined by ``|``; all where none is named."""
        return frame if group is None else frame[frame["group"].isin(group.split("|"))]


def grounds(material: Material, key: str) -> Grounds:
    """Return what stands behind a result.

    Parameters
    ----------
    material : Material
    key : str
        Its key; what is no such key has no grounds.
    """
    parts, only = split(key)
    found = _FAMILIES.get(parts[0], _unknown)(material, parts[1:], only)
    return found or _unknown(material, parts, only)


def _unknown(m: Material, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    return Grounds("records", said=UNKNOWN)


def _cases(m: Material, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    cases = m.in_group(m.corpus.cases, parts[1] if parts[0] == "group" else None)["case_id"].tolist()
    said = "Every participant of the group." if parts[0] == "group" else "Every participant."
    return Grounds("participants", tuple(cases), tuple(m.segments_of("case_id", cases)), said)


def _groups(m: Material, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    return Grounds("groups", tuple(m.corpus.groups), said="Every group that a participant is in.")


def _documents(m: Material, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    if parts[0] == "coders":
        home = m.corpus.segments.set_index("segment_id")["document_id"]
        most = m.by_coders.groupby(home.reindex(m.by_coders.index)).max()
        ids = most.index[most == int(parts[1])].tolist()
        said = f"Documents whose segments were coded independently by {parts[1]} at most."
    else:
        ids, said = m.corpus.documents["document_id"].tolist(), "Every document."
    return Grounds("documents", tuple(ids), tuple(m.segments_of("document_id", ids)), said)


def _segments(m: Material, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    frame = m.corpus.segments
    speaker = parts[1] if parts[0] == "speaker" else only.get("speaker")
    if speaker is not None:
        frame = frame[frame["speaker"] == speaker]
    said = "Every segment" + (f" of speaker {speaker}" if speaker else "")
    if parts[0] == "coders":
        frame = frame[frame["segment_id"].map(m.by_coders) == int(parts[1])]
        said += f" that {parts[1]} coded independently"
    ids = tuple(frame["segment_id"])
    return Grounds("segments", ids, ids, said + ".")


def _ratings(m: Material, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    n = m.by_coders if parts[0] == "n" else m.by_coders[m.by_coders == int(parts[1])]
    ids = tuple(name for name, times in n.items() for _ in range(int(times)))
    return Grounds("segments by coder", ids, tuple(n.index), "A segment once for each independent coder.")


def _coders(m: Material, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    ids = sorted(m.corpus.codings["coder_id"].unique(), key=natural)
    segments = m.corpus.codings["segment_id"].unique()
    return Grounds("coders", tuple(ids), tuple(segments), "Everybody with a coding at any stage.")


def _double_coded(m: Material, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    table = coded_by_table(m.corpus, m.study)
    if parts[0] == "min_coders":
        mine = table[table["n_coders"] == table["n_coders"].min()]
        said = "Documents with the fewest independent coders."
        what, ids = "documents with the fewest coders", mine["document_id"]
    else:
        mine, said = table[table["n_coders"] >= 2], "Documents that two coded independently, or more."
        what = "participants" if parts[0] == "cases" else "documents"
        ids = mine["case_id"].dropna().drop_duplicates() if parts[0] == "cases" else mine["document_id"]
    return Grounds(what, tuple(ids), tuple(m.segments_of("document_id", mine["document_id"])), said)


def _codes(m: Material, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    codes = m.corpus.codes
    for name in ("domain", "level", "influence_on"):
        if name in only:
            codes = codes[codes[name].astype("string") == only[name]]
    said = "Every code of the codebook that fits the key."
    if parts[0] == "influence":
        codes = codes[codes["influence"] == parts[1]]
    elif parts[0] in ("shared", "group"):
        raised = {code: _groups_of(m, code) for code in codes["code_id"]}
        named = parts[1] if parts[0] == "group" else None
        keep = [named in raised[code] if named else len(raised[code]) > 1 for code in codes["code_id"]]
        codes, said = codes[keep], "Codes that participants of the group, or of several, contribute to."
    return _of_codes(m, codes["code_id"].tolist(), said)


def _groups_of(m: Material, code: str) -> set[str]:
    mine = m.marks["code_id"].isin([code, *m.corpus.children(code)])
    return set(m.marks.loc[mine, "group"].dropna())


def _of_codes(m: Material, codes: Sequence[str], said: str) -> Grounds:
    gathered = [each for code in codes for each in (code, *m.corpus.children(code))]
    segments = m.marks.loc[m.marks["code_id"].isin(gathered), "segment_id"].unique()
    return Grounds("codes", tuple(codes), tuple(segments), said)


def _themes(m: Material, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    if parts[-1] == "n":
        level = parts[0].removeprefix("level_")
        codes = m.corpus.codes
        mine = codes.loc[codes["level"].astype("string") == level, "code_id"].tolist()
        return _of_codes(m, mine, f"Codes of level {level}.")
    code, column = parts[0], parts[-1]
    gathered = [code, *m.corpus.children(code)] if only.get("rollup") == "descendants" else [code]
    group = only.get("groups") or (parts[1] if len(parts) == 3 else None)
    marks = m.in_group(m.marks[m.marks["code_id"].isin(gathered)], group)
    segments = tuple(marks["segment_id"].drop_duplicates())
    said = f"Codings {m.counted.said}." if m.counted else ""
    if column == "n_segments":
        return Grounds("segments", segments, segments, said)
    known = marks.loc[marks["case_id"].isin(m.corpus.cases["case_id"]), "case_id"].drop_duplicates()
    return Grounds("participants", tuple(known), segments, said)


def _values(m: Material, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    variable, value = parts[0], parts[1]
    frame = m.in_group(m.values(variable), only.get("group"))
    ids = tuple(frame.loc[(frame["value"] == value).fillna(False).astype(bool), "segment_id"])
    base = int(frame["value"].notna().sum())
    return Grounds("segments", ids, ids, f"One value a segment, by {frame['rule'].iloc[0]}; {base} have one.")


def _framework(m: Material, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    column = {"cells": "state", "gaps": "gap"}[parts[0]]
    cells = m.matrix if parts[1] == "n" else m.matrix[m.matrix[column] == parts[1]]
    ids = tuple(cells["case_id"] + " × " + cells["code_id"])
    listed = [each for row in cells["segment_ids"] for each in str(row).split()]
    return Grounds("cells", ids, tuple(dict.fromkeys(listed)), "Cells of framework_matrix.csv.")


def _new_codes(m: Material, parts: Sequence[str], only: Mapping[str, str]) -> Grounds | None:
    if parts[0] == "met_after" or not parts[0].isdecimal():
        return None
    cases = m.in_group(m.corpus.cases, only.get("group")).sort_values("interview_order", kind="stable")
    coded = cases[cases["case_id"].isin(m.marks["case_id"])]["case_id"].tolist()
    before, now = coded[: int(parts[0]) - 1], coded[int(parts[0]) - 1]
    codes = m.corpus.codes if "codes" not in only else m.corpus.codes[~m.corpus.codes["a_priori"]]
    marks = m.marks[m.marks["code_id"].isin(codes["code_id"])]
    known = set(marks.loc[marks["case_id"].isin(before), "code_id"])
    mine = marks[(marks["case_id"] == now) & ~marks["code_id"].isin(known)]
    said = f"Codes in interview {parts[0]} that are in none before it."
    return Grounds("codes", tuple(mine["code_id"].unique()), tuple(mine["segment_id"].unique()), said)


def _claims(m: Material, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    ids = [name for name, verdict in m.claims.items() if parts[0] in ("n", verdict)]
    return Grounds("claims", tuple(ids), said="Claims of claims.yml.")


def _differences(m: Material, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    rated = m.compared(parts[0], parts[1] if len(parts) == 3 else None, {})
    differ = parts[-1] == "differ"
    mine = rated.select(rated.differ if differ else ~rated.differ)
    said = f"Of these, what {'was coded differently' if differ else 'all coded alike'}. {rated.said}"
    return Grounds("segments", mine.ids, mine.segments, said, mine.table())


def _agreement(m: Material, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    about = subject(parts)
    rated = m.compared(about.variable, about.code_id, only)
    if about.over in ("median", "min", "max") and m.agreement is not None:
        lines = headline(m.agreement)
        lines = lines[(lines["measure"] == about.measure) & lines["code_id"].notna()]
        codes = tuple(lines.loc[lines["estimate"].notna(), "code_id"])
        said = f"The {about.over} over the codes for which {about.measure} is defined. {rated.said}"
        return Grounds("codes", codes, rated.segments, said)
    said = f"All codes taken together ({about.over}). {rated.said}" if about.over else rated.said
    return Grounds("units", rated.ids, rated.segments, said, rated.table())


_FAMILIES: dict[str, Callable[[Material, Sequence[str], Mapping[str, str]], Grounds | None]] = {
    "agreement": _agreement,
    "cases": _cases,
    "claims": _claims,
    "coders": _coders,
    "codes": _codes,
    "differences": _differences,
    "documents": _documents,
    "double_coded": _double_coded,
    "framework": _framework,
    "groups": _groups,
    "new_codes": _new_codes,
    "ratings": _ratings,
    "segments": _segments,
    "themes": _themes,
    "values": _values,
}
