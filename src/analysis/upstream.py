"""What changed upstream between two states of a study, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from . import fingerprints, manifest
from .departures import people
from .families import TABLES, settings_of, tables_of
from .sealing import is_sealed
from .state import BUT_WITHDRAWN, State

__all__ = ["Cause", "differs", "only_withdrawals", "upstream"]

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


def upstream(
    then: State,
    now: State,
    *,
    steps: Collection[str] | None = None,
    files: Collection[str] | None = None,
    families: Collection[str] = (),
) -> list[Cause]:
    """Return everything upstream that changed: raw data, then settings, then code, then packages.

    Parameters
    ----------
    then, now : State
    steps, files : collection of str, optional
        Steps and files of the library that count; by default all.
    families : collection of str
        First parts of keys: raw tables and settings that these rest on come before others.
    """
    return [
        *_raw(then, now, tables_of(families)),
        *_settings(then, now, settings_of(families)),
        *_notebooks(then, now, steps),
        *_functions(then, now, files),
        *_versions(then, now),
    ]


def only_withdrawals(then: State, now: State) -> bool:
    """Tell whether it is known that nothing of source/ and decisions/ changed but who withdrew."""
    changed = manifest.compare(_shas(then), _shas(now))
    known = all(_is_but_withdrawn(then, now, name) for name, _ in changed)
    return bool(changed) and known and then.decisions == now.decisions


def _is_but_withdrawn(then: State, now: State, name: str) -> bool:
    before, after = (state.source.get(name, {}).get(BUT_WITHDRAWN) for state in (then, now))
    return before is not None and before == after


def _raw(then: State, now: State, tables: Collection[str]) -> Iterator[Cause]:
    changed = manifest.compare(_shas(then), _shas(now))
    gone = _withdrawn(then, now)
    if gone:
        where = [name for name, _ in changed if name.startswith("cases.")][:1]
        told = f" (source/{where[0]})" if where else ""
        yield Cause("withdrawal", "".join(where), f"{gone} since the baseline{told}")
        changed = [
            each for each in changed if each[0] not in where or _is_changed_besides(then, now, each[0])
        ]
    for name, how in sorted(changed, key=lambda each: _distance(each[0], tables)):
        label = f"data/raw/{now.study}/source/{name}"
        files = then.source.get(name, {}), now.source.get(name, {})
        yield Cause("raw", label, f"{label} {_how(*files) if how == 'changed' else manifest.SAID[how]}")
    if then.decisions != now.decisions:
        label = f"data/raw/{now.study}/decisions"
        yield Cause("raw", label, f"{label} changed: decisions on segments coded differently")


def _is_changed_besides(then: State, now: State, name: str) -> bool:
    """Tell whether a table of cases changed in more than who withdrew; not where the freeze cannot tell."""
    before = then.source.get(name, {}).get(BUT_WITHDRAWN)
    return before is not None and before != now.source.get(name, {}).get(BUT_WITHDRAWN)


def _distance(file: str, tables: Collection[str]) -> int:
    """Return 0 for a table that the number rests on, 1 for what may hold any table, 2 for another table."""
    stem = file.rpartition("/")[2].partition(".")[0]
    return 0 if stem in tables else 2 if stem in TABLES and tables else 1


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
    if then.seal != now.seal:  # sealed on another machine: the file tells
        return (
            "participants withdrew" if any(_is_but_withdrawn(then, now, n) for n in _moved(then, now)) else ""
        )
    if before == after:
        return ""
    if not isinstance(before, int) or not isinstance(after, int):
        return "participants withdrew"
    n = after - before
    if n < 0:
        return f"{-n} withdrawn participant{'s' * (n != -1)} came back"
    return people(n)


def _moved(then: State, now: State) -> list[str]:
    return [name for name, _ in manifest.compare(_shas(then), _shas(now))]


def _settings(then: State, now: State, near: Collection[str]) -> Iterator[Cause]:
    names = [*now.settings, *(name for name in then.settings if name not in now.settings)]
    changed = [name for name in names if then.settings.get(name, ABSENT) != now.settings.get(name, ABSENT)]
    for name in sorted(changed, key=lambda each: (each == "seed", not each.startswith(tuple(near)))):
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
            yield Cause("function", f"{file}: {name}", f"{_called(name, file)} {manifest.SAID[how]}")


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


def differs(before: Any, after: Any, same_seal: bool) -> bool:
    """Tell whether two kept values differ; sealed ones that cannot be compared do not."""
    if is_sealed(before) and is_sealed(after) and not same_seal:
        return False
    return before != after


def _shas(state: State) -> dict[str, str]:
    return {name: told["sha256"] for name, told in state.source.items()}
