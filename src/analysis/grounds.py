"""What stands behind a number: the participants, documents, codes or segments that were counted for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .agreement.compared import subject
from .agreement.sheet import headline
from .basis import Basis
from .coders import coders_of
from .keys import split
from .overview import coded_by_table

__all__ = ["Grounds", "grounds"]

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


def grounds(basis: Basis, key: str) -> Grounds:
    """Return what stands behind a result.

    Parameters
    ----------
    basis : Basis
    key : str
        Its key; what is no such key has no grounds.
    """
    parts, only = split(key)
    found = _FAMILIES.get(parts[0], _unknown)(basis, parts[1:], only)
    return found or _unknown(basis, parts, only)


def _unknown(m: Basis, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    return Grounds("records", said=UNKNOWN)


def _cases(m: Basis, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    cases = m.in_group(m.corpus.cases, parts[1] if parts[0] == "group" else None)["case_id"].tolist()
    said = "Every participant of the group." if parts[0] == "group" else "Every participant."
    return Grounds("participants", tuple(cases), tuple(m.segments_of("case_id", cases)), said)


def _groups(m: Basis, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    return Grounds("groups", tuple(m.corpus.groups), said="Every group that a participant is in.")


def _documents(m: Basis, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    if parts[0] == "coders":
        home = m.corpus.segments.set_index("segment_id")["document_id"]
        most = m.by_coders.groupby(home.reindex(m.by_coders.index)).max()
        ids = most.index[most == int(parts[1])].tolist()
        said = f"Documents whose segments were coded independently by {parts[1]} at most."
    else:
        ids, said = m.corpus.documents["document_id"].tolist(), "Every document."
    return Grounds("documents", tuple(ids), tuple(m.segments_of("document_id", ids)), said)


def _segments(m: Basis, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
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


def _ratings(m: Basis, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    n = m.by_coders if parts[0] == "n" else m.by_coders[m.by_coders == int(parts[1])]
    ids = tuple(name for name, times in n.items() for _ in range(int(times)))
    return Grounds("segments by coder", ids, tuple(n.index), "A segment once for each independent coder.")


def _coders(m: Basis, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    ids = coders_of(m.corpus)
    mine = m.corpus.codings[m.corpus.codings["coder_id"].isin(ids)]
    said = "Every person with a coding at any stage but consensus."
    return Grounds("coders", tuple(ids), tuple(mine["segment_id"].unique()), said)


def _double_coded(m: Basis, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    table = coded_by_table(m.corpus)
    if parts[0] == "min_coders":
        mine = table[table["n_coders"] == table["n_coders"].min()]
        said = "Documents with the fewest independent coders."
        what, ids = "documents with the fewest coders", mine["document_id"]
    else:
        mine, said = table[table["n_coders"] >= 2], "Documents that two coded independently, or more."
        what = "participants" if parts[0] == "cases" else "documents"
        ids = mine["case_id"].dropna().drop_duplicates() if parts[0] == "cases" else mine["document_id"]
    return Grounds(what, tuple(ids), tuple(m.segments_of("document_id", mine["document_id"])), said)


def _codes(m: Basis, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
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


def _groups_of(m: Basis, code: str) -> set[str]:
    mine = m.marks["code_id"].isin([code, *m.corpus.children(code)])
    return set(m.marks.loc[mine, "group"].dropna())


def _of_codes(m: Basis, codes: Sequence[str], said: str) -> Grounds:
    gathered = [each for code in codes for each in (code, *m.corpus.children(code))]
    segments = m.marks.loc[m.marks["code_id"].isin(gathered), "segment_id"].unique()
    return Grounds("codes", tuple(codes), tuple(segments), said)


def _themes(m: Basis, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
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


def _values(m: Basis, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    variable, value = parts[0], parts[1]
    frame = m.in_group(m.values(variable), only.get("group"))
    ids = tuple(frame.loc[(frame["value"] == value).fillna(False).astype(bool), "segment_id"])
    base = int(frame["value"].notna().sum())
    return Grounds("segments", ids, ids, f"One value a segment, by {frame['rule'].iloc[0]}; {base} have one.")


def _framework(m: Basis, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    column = {"cells": "state", "gaps": "gap"}[parts[0]]
    cells = m.matrix if parts[1] == "n" else m.matrix[m.matrix[column] == parts[1]]
    ids = tuple(cells["case_id"] + " × " + cells["code_id"])
    listed = [each for row in cells["segment_ids"] for each in str(row).split()]
    return Grounds("cells", ids, tuple(dict.fromkeys(listed)), "Cells of framework_matrix.csv.")


def _new_codes(m: Basis, parts: Sequence[str], only: Mapping[str, str]) -> Grounds | None:
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


def _claims(m: Basis, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    ids = [name for name, verdict in m.claims.items() if parts[0] in ("n", verdict)]
    return Grounds("claims", tuple(ids), said="Claims of claims.yml.")


def _differences(m: Basis, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
    rated = m.compared(parts[0], parts[1] if len(parts) == 3 else None, {})
    differ = parts[-1] == "differ"
    mine = rated.select(rated.differ if differ else ~rated.differ)
    said = f"Of these, what {'was coded differently' if differ else 'all coded alike'}. {rated.said}"
    return Grounds("segments", mine.ids, mine.segments, said, mine.table())


def _agreement(m: Basis, parts: Sequence[str], only: Mapping[str, str]) -> Grounds:
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


_FAMILIES: dict[str, Callable[[Basis, Sequence[str], Mapping[str, str]], Grounds | None]] = {
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
