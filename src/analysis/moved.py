"""Why a number is not what it was at the baseline: the first change upstream, as the data flow."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from . import baseline, fingerprints
from .families import family_of
from .graph import STEPS
from .paths import Workspace
from .records import Records
from .sealing import Sealer, is_sealed
from .state import State, observe, sources_of
from .stepresults import recorded
from .study import load_study
from .upstream import Cause, differs, only_withdrawals, upstream

__all__ = ["Since", "causes", "moved_keys"]

SHOWN = 6


class Since:
    """A study now, held against a freeze: made once, asked about many results.

    Parameters
    ----------
    workspace : Workspace
    then, now : State
    """

    def __init__(self, workspace: Workspace, then: State, now: State) -> None:
        self.workspace, self.study = workspace, now.study
        self.then, self.now = then, now
        self._made_by = _made_by(workspace, now.study)
        self._sealer = Sealer(workspace, load_study(workspace, now.study))
        self._sources = sources_of(workspace)
        self._reached: dict[frozenset[str], list[str]] = {}

    @classmethod
    def baseline(cls, workspace: Workspace, study: str) -> Since | None:
        """Return the study now against its baseline, or None where it has none."""
        if baseline.BASELINE not in baseline.freezes(workspace, study):
            return None
        return cls(workspace, baseline.load(workspace, study), observe(workspace, study))

    def why(self, keys: Sequence[str], claim: str = "") -> list[str]:
        """Return what changed upstream of some results, or of a claim, the first upstream change first.

        Parameters
        ----------
        keys : sequence of str
            Keys of results.json; or names of derived tables and figures, such as ``themes.csv``.
        claim : str
            The claim that failed, if one is asked about.

        Returns
        -------
        list of str
            A sentence each, at most six and how many more.
        """
        found = [cause.said for cause in self.causes(keys, claim)]
        more = len(found) - SHOWN
        return found if more < 2 else [*found[:SHOWN], f"... and {more} more changes"]

    def causes(self, keys: Sequence[str], claim: str = "") -> list[Cause]:
        """Return the causes of some results, or of a claim, among what their steps and modules rest on."""
        kept = [self._sealer.key(key) for key in keys]
        steps = self._steps(keys)
        return causes(
            self.then,
            self.now,
            [mine or key for mine, key in zip(kept, keys, strict=True)],
            claim=claim,
            unkept=None in kept,
            steps=steps or None,
            files=self._files(frozenset(steps)),
        )

    def only_withdrawals(self, keys: Sequence[str], claim: str) -> bool:
        """Tell whether people withdrew, and nothing else that these results rest on changed that is known."""
        return all(cause.kind == "withdrawal" for cause in self.causes(keys, claim))

    def held(self, claim: str) -> bool | None:
        """Return whether a claim, saying the same, held at the baseline.

        None where that is not known: a freeze of an earlier Concord or one sealed on another machine, or raw
        data of which it does not tell whether more changed than who withdrew.
        """
        before, after = self.then.claims.get(claim), self.now.claims.get(claim)
        if before is None or after is None or _says_otherwise(before, after):
            return False
        told = before.get("held")
        unknown = told is None or (is_sealed(told) and self.then.seal != self.now.seal)
        if unknown or not only_withdrawals(self.then, self.now):
            return None
        return bool(told == self._sealer.count(f"held {claim}", True))

    def gone(self, withdrawn: int) -> int:
        """Return how many of those who withdrew did so since the baseline: all, where that is sealed."""
        then = self.then.withdrawn
        if not is_sealed(then):
            return withdrawn - int(then)
        if self.then.seal != self.now.seal:
            return withdrawn
        before = (n for n in range(withdrawn + 1) if self._sealer.count("withdrawn", n) == then)
        return withdrawn - next(before, withdrawn)

    def _files(self, steps: frozenset[str]) -> list[str]:
        """Return what the notebooks of some steps, or of all, reach of the library."""
        if steps not in self._reached:
            named = [step.name for step in STEPS if not steps or step.name in steps]
            pages = [self.workspace.notebooks / f"{name}.ipynb" for name in named]
            self._reached[steps] = fingerprints.reached(self._sources, pages)
        return self._reached[steps]

    def _steps(self, keys: Sequence[str]) -> set[str]:
        """Return the steps that some results or files rest on; empty where one of them is not recorded."""
        reached = {self._made_by.get(key, "") for key in keys}
        if "" in reached:
            return set()
        for step in reversed(STEPS):
            reached |= set(step.needs) if step.name in reached else set()
        return reached


def _made_by(workspace: Workspace, study: str) -> dict[str, str]:
    """Return the step that recorded each result, and that left each table or figure."""
    records = Records(workspace, study)
    left = {
        label.partition("/")[2]: step.name
        for step in STEPS
        if (record := records.read(step.name)) is not None
        for label in record.outputs
    }
    return left | {entry["key"]: entry["notebook"] for entry in recorded(workspace, study)}


def causes(
    then: State,
    now: State,
    keys: Sequence[str],
    *,
    claim: str = "",
    unkept: bool = False,
    steps: Collection[str] | None = None,
    files: Collection[str] | None = None,
) -> list[Cause]:
    """Return what a claim about some results may have failed for, the first upstream change first.

    Parameters
    ----------
    then, now : State
    keys : sequence of str
        As they stand in a freeze.
    claim : str
        The claim that failed: others about the same results are no cause of that.
    unkept : bool
        Whether a freeze keeps no such results, so that nobody can tell whether they moved.
    steps, files : collection of str, optional
        Steps and files of the library that these results rest on; by default all.
    """
    sealed = then.seal != now.seal and any(is_sealed(then.results.get(key)) for key in keys)
    moved = moved_keys(then, now, keys)
    told = [] if moved else _of_claims(then, now, keys, claim)
    if not moved and not sealed and not unkept:
        return told or [_as_it_was(then, keys)]
    found = upstream(then, now, steps=steps, files=files, families=[family_of(key) for key in keys])
    return (
        found or told or [Cause("result", keys[0], UNKEPT if unkept else NOT_UPSTREAM if moved else SEALED)]
    )


UNKEPT = (
    "nothing upstream differs from the baseline, which keeps no results about single participants, documents "
    "or segments"
)
SEALED = (
    "nothing upstream differs from the baseline; the policy hides this count, and it was sealed on another "
    "machine, so it cannot be compared here"
)
NOT_UPSTREAM = (
    "nothing upstream differs from the baseline, and the number does: results were edited by hand, or this "
    "machine computes differently; `concord reproduce --force` tells which"
)


def moved_keys(then: State, now: State, keys: Sequence[str] | None = None) -> list[str]:
    """Return the results, tables and figures that are not what they were; sealed ones need the same seal."""
    before, after = ({**s.results, **s.tables, **s.figures} for s in (then, now))
    asked = keys if keys is not None else list(dict.fromkeys([*then.results, *now.results]))
    return [key for key in asked if differs(before.get(key), after.get(key), then.seal == now.seal)]


def _of_claims(then: State, now: State, keys: Sequence[str], claim: str) -> list[Cause]:
    """Return the claims about these results, or the one that is asked about, that say something else."""
    found = []
    for name, after in now.claims.items():
        if name != claim if claim else not set(after["printed"]) & set(keys):
            continue
        before = then.claims.get(name)
        if before is None:
            found.append(Cause("claim", name, f"the claim {name} is new; the number is what it was"))
        elif _says_otherwise(before, after):
            told = "" if now.seal else _retyped(before["printed"], after["printed"])
            said = f"the claim {name} changed in claims.yml{told}; the number is what it was"
            found.append(Cause("claim", name, said))
    return found


def _says_otherwise(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Tell whether a claim changed, or its table of printed cells, where the freeze keeps a hash of that."""
    cells = "cells" in before and before["cells"] != after.get("cells")
    return bool(before["digest"] != after["digest"] or cells)


def _retyped(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    pairs = [
        f"printed {before.get(key, 'nothing')} -> {after.get(key, 'nothing')}"
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key)
    ]
    return f" ({'; '.join(pairs[:3])})" if pairs else ""


def _as_it_was(then: State, keys: Sequence[str]) -> Cause:
    there = [key for key in keys if key in then.results or key in then.tables or key in then.figures]
    said = (
        "the number is what it was at the baseline" if there else "there was no such result at the baseline"
    )
    return Cause("none", keys[0] if keys else "", f"{said}: nothing moved it")
