"""bundle.json: what a bundle says of itself, for the machine that verifies it."""

from __future__ import annotations

import math
import platform
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, get_args

from . import normalform, provenance
from .claims import Verdict
from .contents import file_digest, files_below
from .errors import DataError, Problem, quoted
from .graph import STEPS
from .paths import Workspace
from .sharing.raw import Tier

__all__ = [
    "FORMAT", "NAME", "Facts", "adjusted", "changed_results", "installation", "notebook_hashes", "read_facts",
    "rests_on_withheld",
]  # fmt: skip

PACKAGE = Path(__file__).parent
NAME = "bundle.json"
FORMAT = 1
WITHHOLDING = ("not_run", "withheld_results", "not_checkable", "withdrawn")
CLOSE = 1e-9  # relative; another processor may round the last digits of a float otherwise


@dataclass(frozen=True)
class Facts:
    """What a bundle says of itself.

    Parameters
    ----------
    study : str
    concord : str
        Version that made it.
    tier : str
        as_it_is, consented or text_free.
    installation : mapping
        Label -> hash or version of library, lock and packages.
    notebooks : mapping
        Notebook -> hash of its code.
    not_run : mapping
        Step that cannot run on what the bundle holds -> why.
    withheld_results : mapping
        Key -> why it does not follow from what the bundle holds.
    not_checkable : mapping
        Claim -> why it cannot be checked in this bundle.
    withdrawn : sequence of str
        Claims that held until participants withdrew.
    format : int
    """

    study: str
    concord: str
    tier: str
    installation: Mapping[str, str]
    notebooks: Mapping[str, str]
    not_run: Mapping[str, str] = field(default_factory=dict)
    withheld_results: Mapping[str, str] = field(default_factory=dict)
    not_checkable: Mapping[str, str] = field(default_factory=dict)
    withdrawn: Sequence[str] = ()
    format: int = FORMAT

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return asdict(self)


def read_facts(data: Any, file: str) -> Facts:
    """Return what bundle.json says.

    Raises
    ------
    DataError
        If it is none, of a later Concord, or excuses claims though it says that it withholds nothing.
    """
    if not isinstance(data, dict) or not isinstance(data.get("format"), int):
        raise DataError(Problem(f"holds no {NAME} that can be read: it is no bundle of Concord.", file=file))
    if data["format"] > FORMAT:
        what = f"was made by concord {quoted(data.get('concord'))}, which is later than this one. Update it."
        raise DataError(Problem(what, file=file))
    known = {name: data[name] for name in Facts.__dataclass_fields__ if name in data}
    missing = [
        name for name in ("study", "concord", "tier", "installation", "notebooks") if name not in known
    ]
    if missing:
        raise DataError(Problem(f"its {NAME} lacks {', '.join(missing)}: it is no bundle.", file=file))
    odd = [name for name, value in known.items() if not _fits(name, value)]
    if odd:
        raise DataError(Problem(f"its {NAME} cannot be read: {', '.join(odd)}.", file=file))
    facts = Facts(**known)
    excuses = [name for name in WITHHOLDING if getattr(facts, name)]
    if facts.tier == "as_it_is" and excuses:
        what = f"its {NAME} says that nothing is withheld, and yet names {', '.join(excuses)}."
        raise DataError(Problem(what, file=file))
    return facts


def _fits(name: str, value: Any) -> bool:
    if name == "tier":
        return value in get_args(Tier)
    if name in ("study", "concord"):
        return isinstance(value, str)
    if name == "withdrawn":
        return isinstance(value, list)
    return name == "format" or (
        isinstance(value, dict) and all(isinstance(each, str) for each in value.values())
    )


def installation(workspace: Workspace) -> dict[str, str]:
    """Return label -> hash or version of the library, its lock and packages, and Python."""
    source = {
        f"src/analysis/{path.relative_to(PACKAGE).as_posix()}": file_digest(path)
        for path in files_below(PACKAGE)
    }
    versions = {f"package {name}": version for name, version in provenance.package_versions().items()}
    lock = provenance.lock_digest(workspace.lock)
    return {**source, "requirements.lock": lock, "Python": platform.python_version(), **versions}


def notebook_hashes(workspace: Workspace) -> dict[str, str]:
    """Return notebook -> hash of its code."""
    paths = [workspace.notebooks / f"{step.name}.ipynb" for step in STEPS]
    return {path.stem: normalform.code_digest(normalform.load(path)) for path in paths if path.is_file()}


def adjusted(verdicts: Iterable[Verdict], facts: Facts) -> list[Verdict]:
    """Return verdicts as a bundle can give them: what rests on withheld text cannot be checked in it."""
    return [_adjusted(verdict, facts) for verdict in verdicts]


def _adjusted(verdict: Verdict, facts: Facts) -> Verdict:
    name = verdict.claim.id
    if name in facts.not_checkable and rests_on_withheld(verdict, facts.withheld_results):
        return replace(
            verdict, verdict="not_checkable", recomputed=(), why=facts.not_checkable[name], parts=()
        )
    if verdict.failed and name in facts.withdrawn:
        return replace(verdict, verdict="changed_by_withdrawal", why="as the bundle says: it held before")
    return verdict


def rests_on_withheld(verdict: Verdict, withheld: Collection[str]) -> bool:
    """Tell whether a claim can rest on what is withheld: not if all its results follow from what is there."""
    claim = verdict.claim
    return (
        claim.table is not None or verdict.verdict == "missing" or any(k in withheld for k in claim.expected)
    )


def changed_results(
    then: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]]
) -> dict[str, tuple[Any, Any]]:
    """Return key -> (value then, value now) of every result that is not the same; None where there is none.

    Counts of verdicts (``claims.``) are left out: they speak of the claims, not of the data.

    Examples
    --------
    >>> changed_results([{"key": "cases.n", "value": 6}], [{"key": "cases.n", "value": 7}])
    {'cases.n': (6, 7)}
    """
    before = {str(each["key"]): each for each in then}
    after = {str(each["key"]): each for each in now}
    keys = [key for key in [*before, *(k for k in after if k not in before)] if not key.startswith("claims.")]
    return {
        key: (_value(before.get(key)), _value(after.get(key)))
        for key in keys
        if not _same(before.get(key), after.get(key))
    }


def _value(entry: Mapping[str, Any] | None) -> Any:
    return None if entry is None else entry.get("value")


def _same(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> bool:
    if before is None or after is None:
        return False
    return all(_close(before.get(name), after.get(name)) for name in ("value", "low", "high", "n"))


def _close(a: Any, b: Any) -> bool:
    if isinstance(a, int | float) and isinstance(b, int | float):
        return math.isclose(a, b, rel_tol=CLOSE, abs_tol=1e-12)
    return bool(a == b)
