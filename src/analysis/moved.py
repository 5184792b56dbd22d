"""Why a number is not what it was at the baseline: the first change upstream, as the data flow."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from . import baseline, fingerprints, manifest
from .baseline import State
from .errors import UsageError
from .graph import STEPS
from .paths import Workspace
from .sealing import Sealer, is_sealed
from .study import load_study
from .wholefile import read_json

__all__ = ["Cause", "Since", "causes", "moved_keys", "upstream", "why", "withdrawn_since"]

Kind = Literal[
    "withdrawal",
    "raw",
    "setting",
    "seed",
    "notebook",
    "function",
    "python",
    "package",
    "claim",
    "result",
    "none",
]
ABSENT = "absent"
SHOWN = 6


@dataclass(frozen=True)
class Cause:
    """One change since the baseline that a number may follow from.

    Parameters
    ----------
    kind : str
        ``withdrawal``, ``raw``, ``setting``, ``seed``, ``notebook``, ``function``, ``python`` or ``package``:
        upstream, in this order; ``claim``: the number stands, what was written of it changed; ``result``:
        nothing upstream changed, but the number did; ``none``: nothing changed at all.
    name : str
        The file, dotted setting, function, package or claim.
    said : str
        A sentence.
    """

    kind: Kind
    name: str
    said: str

    def __str__(self) -> str:
        return self.said


def why(workspace: Workspace, study: str, keys: Sequence[str]) -> list[str]:
    """Return what changed since the baseline upstream of some results, the first upstream change first.

    Parameters
    ----------
    workspace : Workspace
    study : str
    keys : sequence of str
        Keys of results.json; or names of derived tables and figures, such as ``themes.csv``.

    Returns
    -------
    list of str
        A sentence each, at most six and how many more; empty where the study has no baseline.
    """
    since = Since.baseline(workspace, study)
    return since.why(keys) if since else []


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
        entries = read_json(workspace.derived(now.study) / "results.json") or []
        self._recorded = {entry["key"]: entry["notebook"] for entry in entries}
        self._sealer = Sealer(workspace, load_study(workspace, now.study))
        self._sources = baseline.sources_of(workspace)
        self._reached: dict[frozenset[str], list[str]] = {}

    @classmethod
    def baseline(cls, workspace: Workspace, study: str) -> Since | None:
        """Return the study now against its baseline, or None where it has none."""
        if baseline.BASELINE not in baseline.freezes(workspace, study):
            return None
        return cls(workspace, baseline.load(workspace, study), baseline.observe(workspace, study))

    def why(self, keys: Sequence[str]) -> list[str]:
        """Return the causes of some results, in words; see :func:`why`."""
        found = [cause.said for cause in self.causes(keys)]
        more = len(found) - SHOWN
        return found if more < 2 else [*found[:SHOWN], f"... and {more} more changes"]

    def causes(self, keys: Sequence[str]) -> list[Cause]:
        """Return the causes of some results among what their steps and modules rest on."""
        masked = [self._sealer.key(key) or key for key in keys]
        steps = self._steps(keys)
        return causes(self.then, self.now, masked, steps=steps or None, files=self._files(frozenset(steps)))

    def _files(self, steps: frozenset[str]) -> list[str]:
        """Return what the notebooks of some steps, or of all, reach of the library."""
        if steps not in self._reached:
            named = [step.name for step in STEPS if not steps or step.name in steps]
            pages = [self.workspace.notebooks / f"{name}.ipynb" for name in named]
            self._reached[steps] = fingerprints.reached(self._sources, pages)
        return self._reached[steps]

    def _steps(self, keys: Sequence[str]) -> set[str]:
        """Return the steps that some results rest on; empty where one of the keys is not recorded."""
        reached = {self._recorded.get(key, "") for key in keys}
        if "" in reached:
            return set()
        for step in reversed(STEPS):
            reached |= set(step.needs) if step.name in reached else set()
        return reached


def withdrawn_since(workspace: Workspace, study: str) -> int:
    """Return how many participants withdrew since the baseline; 0 where that is not known."""
    try:
        then = baseline.load(workspace, study).withdrawn
    except UsageError:
        return 0
    now = (read_json(workspace.derived(study) / "imports.json") or {}).get("withdrawn", 0)
    return max(now - then, 0) if isinstance(then, int) else 0


def causes(
    then: State,
    now: State,
    keys: Sequence[str],
    *,
    steps: Collection[str] | None = None,
    files: Collection[str] | None = None,
) -> list[Cause]:
    """Return what a claim about some results may have failed for, the first upstream change first.

    Parameters
    ----------
    then, now : State
    keys : sequence of str
        As they stand in a freeze.
    steps, files : collection of str, optional
        Steps and files of the library that these results rest on; by default all.
    """
    sealed = then.seal != now.seal and any(is_sealed(then.results.get(key)) for key in keys)
    moved = moved_keys(then, now, keys)
    if not moved and not sealed:
        return _of_claims(then, now, keys) or [_as_it_was(then, keys)]
    found = upstream(then, now, steps=steps, files=files)
    return found or [Cause("result", keys[0], NOT_UPSTREAM if moved else SEALED)]


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
    return [key for key in asked if _differs(before.get(key), after.get(key), then.seal == now.seal)]


def upstream(
    then: State,
    now: State,
    *,
    steps: Collection[str] | None = None,
    files: Collection[str] | None = None,
) -> list[Cause]:
    """Return everything upstream that changed: raw data, then settings, then code, then packages."""
    return [
        *_raw(then, now),
        *_settings(then, now),
        *_notebooks(then, now, steps),
        *_functions(then, now, files),
        *_versions(then, now),
    ]


def _raw(then: State, now: State) -> Iterator[Cause]:
    changed = manifest.compare(_shas(then), _shas(now))
    gone = _withdrawn(then, now)
    if gone:
        where = [name for name, _ in changed if name.startswith("cases.")][:1]
        told = f" (source/{where[0]})" if where else ""
        yield Cause("withdrawal", "".join(where), f"{gone} since the baseline{told}")
        changed = [(name, how) for name, how in changed if name not in where]
    for name, how in changed:
        label = f"data/raw/{now.study}/source/{name}"
        told = _how(then.source.get(name, {}), now.source.get(name, {})) if how == "changed" else _HOW[how]
        yield Cause("raw", label, f"{label} {told}")
    if then.decisions != now.decisions:
        label = f"data/raw/{now.study}/decisions"
        yield Cause("raw", label, f"{label} changed: decisions on segments coded differently")


_HOW = {"missing": "is gone", "extra": "is new"}


def _how(then: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Return in words how a file changed."""
    before, after = then.get("rows"), now.get("rows")
    if then.get("unordered") and then.get("unordered") == now.get("unordered"):
        return "changed: the same rows in another order"
    if not isinstance(before, int) or not isinstance(after, int):
        return "changed"
    if before == after:
        return "changed: values, with as many rows as before"
    rows, less = abs(after - before), "fewer" if after < before else "more"
    return f"changed: {rows} row{'s' * (rows != 1)} {less} ({before} -> {after})"


def _withdrawn(then: State, now: State) -> str:
    before, after = then.withdrawn, now.withdrawn
    if not _differs(before, after, then.seal == now.seal):
        return ""
    if not isinstance(before, int) or not isinstance(after, int):
        return "participants withdrew"
    n = after - before
    if n < 0:
        return f"{-n} withdrawn participant{'s' * (n != -1)} came back"
    return f"{n} participant{'s' * (n != 1)} withdrew"


def _settings(then: State, now: State) -> Iterator[Cause]:
    names = [*now.settings, *(name for name in then.settings if name not in now.settings)]
    changed = [name for name in names if then.settings.get(name, ABSENT) != now.settings.get(name, ABSENT)]
    for name in sorted(changed, key=lambda each: each == "seed"):
        before, after = (_shown(state.settings.get(name, "not set")) for state in (then, now))
        told = f": {before} -> {after}" if before and after else ""
        what = "the seed" if name == "seed" else f"the setting {name}"
        kind: Kind = "seed" if name == "seed" else "setting"
        yield Cause(kind, name, f"{what} of study.yml changed{told}")


def _shown(value: Any) -> str:
    """Return a setting as it may be told, nothing for a hashed one."""
    if isinstance(value, str) and value.startswith("sha256 "):
        return ""
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _notebooks(then: State, now: State, steps: Collection[str] | None) -> Iterator[Cause]:
    for name in sorted({*then.notebooks, *now.notebooks}):
        before, after = then.notebooks.get(name), now.notebooks.get(name)
        if before != after and (steps is None or name in steps):
            how = "is new" if before is None else "is gone" if after is None else "changed"
            yield Cause("notebook", f"notebooks/{name}.ipynb", f"notebooks/{name}.ipynb {how}")


def _functions(then: State, now: State, files: Collection[str] | None) -> Iterator[Cause]:
    for file in [*now.code, *(each for each in then.code if each not in now.code)]:
        if files is not None and file in now.code and file not in files:
            continue
        before, after = then.code.get(file, {}), now.code.get(file, {})
        if not before or not after:
            yield Cause("function", file, f"{file} {'is new' if after else 'is gone'}")
            continue
        for name, how in manifest.compare(before, after):
            said = {"changed": "changed", "missing": "is gone", "extra": "is new"}[how]
            yield Cause("function", f"{file}: {name}", f"{_called(name, file)} {said}")


def _called(name: str, file: str) -> str:
    if name == fingerprints.WHOLE:
        return file
    if name == fingerprints.MODULE_LEVEL:
        return f"what stands outside functions in {file}"
    return f"the function {name} in {file}"


def _versions(then: State, now: State) -> Iterator[Cause]:
    for name, _ in sorted(
        manifest.compare(then.versions, now.versions), key=lambda each: each[0] != "Python"
    ):
        before, after = then.versions.get(name, ABSENT), now.versions.get(name, ABSENT)
        what = name if name == "Python" else f"the package {name}"
        kind: Kind = "python" if name == "Python" else "package"
        yield Cause(kind, name, f"{what} is another version: {before} -> {after}")


def _of_claims(then: State, now: State, keys: Sequence[str]) -> list[Cause]:
    """Return the claims about these results that do not say what they said."""
    found = []
    for name, claim in now.claims.items():
        if not set(claim["printed"]) & set(keys):
            continue
        before = then.claims.get(name)
        if before is None:
            found.append(Cause("claim", name, f"the claim {name} is new; the number is what it was"))
        elif before["digest"] != claim["digest"]:
            found.append(Cause("claim", name, _retyped(name, before["printed"], claim["printed"])))
    return found


def _retyped(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    pairs = [
        f"printed {before.get(key, 'nothing')} -> {after.get(key, 'nothing')}"
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key)
    ]
    told = f" ({'; '.join(pairs[:3])})" if pairs else ""
    return f"the claim {name} changed in claims.yml{told}; the number is what it was"


def _as_it_was(then: State, keys: Sequence[str]) -> Cause:
    there = [key for key in keys if key in then.results or key in then.tables or key in then.figures]
    said = (
        "the number is what it was at the baseline" if there else "there was no such result at the baseline"
    )
    return Cause("none", keys[0] if keys else "", f"{said}: nothing moved it")


def _differs(before: Any, after: Any, same_seal: bool) -> bool:
    if is_sealed(before) and is_sealed(after) and not same_seal:
        return False
    return before != after


def _shas(state: State) -> dict[str, str]:
    return {name: told["sha256"] for name, told in state.source.items()}
