"""What has changed between two states of a study: by code, by claim, by segments coded differently."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from . import manifest
from .baseline import BASELINE, NOW
from .contents import ABSENT
from .moved import moved_keys
from .sealing import is_sealed
from .state import State
from .upstream import Cause, upstream

__all__ = ["Change", "Difference", "difference", "lines"]

PART = r'(?:"(?:[^"\\]|\\.)*"|[A-Za-z0-9_|-]+)'
OF_CODE = re.compile(rf"themes\.(?P<name>{PART})\.(?P<what>.+)")
OF_VALUE = re.compile(rf"values\.(?P<name>{PART}\.{PART})\.(?P<what>.+)")
OF_DIFFERENCE = re.compile(rf"differences\.(?P<name>{PART}(?:\.{PART})?)\.(?P<what>differ|unanimous)")
WORDS = {
    "n_cases": "participants",
    "n_segments": "segments",
    "n": "segments",
    "differ": "segments coded differently",
    "unanimous": "segments coded alike",
}
SHOWN = 20


@dataclass(frozen=True)
class Change:
    """One number that is not what it was; a value that the policy hides is left out of both.

    Parameters
    ----------
    name : str
        Code, value or variable; or the result's key.
    what : str
        What is counted, in words.
    then, now : float, int, str or None
    """

    name: str
    what: str
    then: Any
    now: Any


@dataclass(frozen=True)
class Difference:
    """What changed between two states of a study.

    Parameters
    ----------
    study, then, now : str
    upstream : list of Cause
        Raw data, settings, code and packages, in this order.
    codes, differences, claims, others : list of Change
    figures : list of Change
        ``then`` and ``now`` are empty; `what` says whether data or only styling changed.
    files : list of Change
        Tables, findings.md and the lock, likewise: which of them changed, are new or are gone.
    uncomparable : int
        Counts that the study's policy hides and that were sealed on another machine.
    """

    study: str
    then: str
    now: str
    upstream: list[Cause]
    codes: list[Change]
    claims: list[Change]
    differences: list[Change]
    others: list[Change]
    figures: list[Change]
    files: list[Change]
    uncomparable: int

    @property
    def empty(self) -> bool:
        """Whether nothing changed."""
        counted = (self.codes, self.claims, self.differences, self.others)
        return not any((self.upstream, *counted, self.figures, self.files))

    def as_record(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return asdict(self)


def difference(then: State, now: State, names: tuple[str, str] = (BASELINE, NOW)) -> Difference:
    """Return what changed between two states of a study."""
    moved = [key for key in moved_keys(then, now) if key not in (*then.figures, *now.figures)]
    parts = {part: list(_counted(then, now, moved, pattern)) for part, pattern in _PARTS.items()}
    told = {key for pattern in _PARTS.values() for key in moved if pattern.fullmatch(key)}
    others = [
        Change(key, "", _value(then, key), _value(now, key))
        for key in moved
        if key not in told and not key.startswith("claims.")
    ]
    hidden = 0 if then.seal == now.seal else sum(map(is_sealed, then.results.values()))
    return Difference(
        study=now.study,
        then=names[0],
        now=names[1],
        upstream=upstream(then, now),
        codes=parts["codes"] + parts["values"],
        claims=list(_claims(then, now, set(moved))),
        differences=parts["differences"],
        others=others,
        figures=list(_figures(then, now)),
        files=[
            Change(name, manifest.SAID[how], None, None)
            for name, how in manifest.compare(_files(then), _files(now))
        ],
        uncomparable=hidden,
    )


_PARTS = {"codes": OF_CODE, "values": OF_VALUE, "differences": OF_DIFFERENCE}


def _counted(then: State, now: State, moved: Sequence[str], pattern: re.Pattern[str]) -> Iterator[Change]:
    for key in moved:
        match = pattern.fullmatch(key)
        if match is not None:
            what = re.sub(r"[a-z_]+", lambda word: WORDS.get(word[0], word[0]), match["what"])
            yield Change(match["name"], what, _value(then, key), _value(now, key))


def _claims(then: State, now: State, moved: set[str]) -> Iterator[Change]:
    """Yield claims that say something else, and claims whose numbers moved, one line a number."""
    for name in dict.fromkeys([*then.claims, *now.claims]):
        before, after = then.claims.get(name), now.claims.get(name)
        if before is None or after is None:
            yield Change(name, "is new" if before is None else "is gone", None, None)
            continue
        if before["digest"] != after["digest"]:
            printed = [", ".join(map(str, claim["printed"].values())) for claim in (before, after)]
            yield Change(name, "says something else; it printed", *printed)
        for key in after["printed"]:
            if key in moved:
                yield Change(name, key, _value(then, key), _value(now, key))


def _figures(then: State, now: State) -> Iterator[Change]:
    """Yield figures whose data changed, and those whose data did not and whose drawing did."""
    stems = sorted({name.rpartition(".")[0] for name in (*then.figures, *now.figures)})
    for stem in stems:
        data, drawing = (
            then.figures.get(f"{stem}.{e}") != now.figures.get(f"{stem}.{e}") for e in ("csv", "svg")
        )
        if data or drawing:
            yield Change(stem, "data changed" if data else "only styling changed", None, None)


def _files(state: State) -> dict[str, str]:
    """Return the tables, findings.md and the lock, as far as they are there: file -> hash."""
    told = {"requirements.lock": state.lock, "findings.md": state.findings, **state.tables}
    return {name: sha for name, sha in told.items() if sha not in ("", ABSENT)}


def _value(state: State, key: str) -> Any:
    kept = state.results.get(key)
    return kept.get("value") if isinstance(kept, dict) else None


def lines(found: Difference) -> list[str]:
    """Return what changed in words, upstream first."""
    if found.empty and not found.uncomparable:
        return [f"{found.study}: nothing changed between {found.then} and {found.now}."]
    told = [f"{found.study}: {found.then} -> {found.now}"]
    told += _section("Upstream", [cause.said for cause in found.upstream])
    for title, part in (
        ("By code", found.codes),
        ("By claim", found.claims),
        ("Segments coded differently", found.differences),
        ("Tables and files", found.files),
        ("Figures", found.figures),
        ("Other results", found.others),
    ):
        told += _section(title, [_said(change) for change in part])
    if found.uncomparable:
        told.append(
            f"{found.uncomparable} results are hidden by the policy and were sealed on another machine; "
            "they cannot be compared here."
        )
    return told


def _section(title: str, told: list[str]) -> list[str]:
    if not told:
        return []
    shown = [f"  {line}" for line in told[:SHOWN]]
    more = [f"  ... and {len(told) - SHOWN} more"] if len(told) > SHOWN else []
    return [f"{title} ({len(told)}):", *shown, *more]


def _said(change: Change) -> str:
    name = f"{change.name}: {change.what}" if change.what else change.name
    if change.then is None and change.now is None:
        return name
    before, after = (
        "undefined" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
        for value in (change.then, change.now)
    )
    return f"{name} {before} -> {after}"
