"""A bundle verified on any machine: files against their hashes, numbers recomputed, claims judged."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from . import __version__, bundlefacts, runs, verification, verificationfiles
from .bundlefacts import Facts, adjusted, changed_results, installation, notebook_hashes, read_facts
from .contents import digest, file_digest
from .crate import METADATA, told_hashes
from .errors import DataError, Problem, RunError, quoted
from .outcomes import StudyRun
from .paths import CHECKOUT, Workspace, refusal
from .read.archive import Archive
from .stepresults import recorded
from .study import Study, load_study
from .verification import Verification

__all__ = ["Checked", "check_bundle"]

# run.json is shortened, and verdicts are judged anew: their page also says what changed since the baseline
LASTING = re.compile(
    r"data/derived/[^/]+/(?!records/)|reports/[^/]+/(?!run\.json$|verification\.|findings\.)"
)
SHOWN = 5


@dataclass(frozen=True)
class Checked:
    """What verifying a bundle found.

    Parameters
    ----------
    facts : Facts
    sha256 : str
        Of the whole file.
    verification : Verification
    notes : tuple of str
        What was not used here as it was there: versions, packages, notebooks.
    problems : tuple of str
        Source files that are not as they were frozen; numbers and files that are not what the bundle holds.
    """

    facts: Facts
    sha256: str
    verification: Verification
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether a claim does not hold, or anything is not what the bundle says it is."""
        return bool(self.verification.failed or self.problems)


def check_bundle(path: Path, say: Callable[[str], None] = print, *, jobs: int = 2) -> Checked:
    """Verify a bundle with the notebooks and library of this checkout, in a folder that is gone afterwards.

    Parameters
    ----------
    path : Path
    say : callable
        Takes one line of progress.
    jobs : int
        How many notebooks may run side by side.

    Raises
    ------
    DataError
        If it is no bundle, or a zip that may be hostile.
    RunError
        If a file is not the one that the bundle's metadata name: tampered with, missing or extra.
    """
    with Archive(path, path.name) as archive:
        facts = _facts(archive)
        _require_whole(archive)
        say(f"{path.name}: {len(archive.names)} files are as the crate's metadata name them")
        notes = tuple(_notes(facts))
        for note in notes:
            say(f"{path.name}: {note}")
        with tempfile.TemporaryDirectory(prefix="concord-verify-") as folder:
            target = Workspace(Path(folder).resolve(), CHECKOUT / "notebooks")
            _unpack(archive, facts.study, target)
            ran = runs.reproduce(target, [facts.study], jobs=jobs, say=say)[0]
            study = load_study(target, facts.study)
            found = verification.verified(target, study)
            found = replace(found, verdicts=tuple(adjusted(found.verdicts, facts)))
            verificationfiles.keep(target, found)
            problems = [*found.source, *_odd_tier(facts, study), *_failures(ran, facts)]
            problems += _numbers(archive, facts, target)
            if not notes:
                problems += _files(archive, target)
    return Checked(facts, file_digest(path), found, notes, tuple(problems))


def _facts(archive: Archive) -> Facts:
    facts = read_facts(_json(archive, bundlefacts.NAME), archive.name)
    if why := refusal(facts.study):
        raise DataError(Problem(f"names no study: its name {why}", file=archive.name))
    return facts


def _json(archive: Archive, member: str) -> Any:
    if member not in archive.names:
        return None
    try:
        return json.loads(archive.read(member))
    except ValueError:
        raise DataError(Problem(f"its {member} is no JSON.", file=archive.name)) from None


def _require_whole(archive: Archive) -> None:
    """Refuse a bundle whose files are not those that its metadata name.

    Raises
    ------
    RunError
        With every changed, missing and extra file.
    """
    told = told_hashes(_json(archive, METADATA))
    if not told:
        raise DataError(Problem(f"holds no {METADATA} that names files.", file=archive.name))
    names = archive.names
    twice = {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else set()
    problems = [Problem("stands in the bundle twice.", file=name) for name in sorted(twice)]
    for name in sorted({*names, *told} - {METADATA}):
        if name not in told:
            problems.append(Problem("is not named in the crate's metadata: it was added.", file=name))
        elif name not in names:
            problems.append(Problem("is named in the crate's metadata and is not there.", file=name))
        elif digest(archive.read(name)) != told[name]:
            problems.append(Problem("was changed: its sha256 is not the crate's.", file=name))
    if problems:
        next_step = "Nothing was run. Get the bundle anew from where it was published."
        raise RunError(problems, title=archive.name, next_step=next_step)


def _notes(facts: Facts) -> Iterator[str]:
    """Yield what is not used here as it was where the bundle was made."""
    if facts.concord != __version__:
        yield f"made with concord {facts.concord}; verified with {__version__}"
    here = Workspace(CHECKOUT)
    now = {**installation(here), **{f"notebooks/{n}.ipynb": sha for n, sha in notebook_hashes(here).items()}}
    then = {**facts.installation, **{f"notebooks/{n}.ipynb": sha for n, sha in facts.notebooks.items()}}
    differ = [label for label in sorted({*now, *then}) if now.get(label) != then.get(label)]
    told = [_told(label, then.get(label), now.get(label)) for label in differ]
    if told:
        more = f" and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
        yield f"not as where it was made: {'; '.join(told[:SHOWN])}{more}"


def _told(label: str, then: str | None, now: str | None) -> str:
    if label == "Python" or label.startswith("package "):
        return f"{label.removeprefix('package ')} {then or 'absent'} there, {now or 'absent'} here"
    return f"{label} {'differs' if then and now else 'is only here' if now else 'is only there'}"


def _unpack(archive: Archive, study: str, target: Workspace) -> None:
    """Write the bundle's raw data, and nothing else, into an empty workspace."""
    prefix = f"data/raw/{study}/"
    members = archive.find(lambda name: name.startswith(prefix))
    if f"{prefix}study.yml" not in members:
        raise DataError(Problem(f"holds no {prefix}study.yml.", file=archive.name))
    for name in members:
        path, content = target.root / name, archive.read(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            what = f"holds a file that cannot be written here ({error.strerror})."
            raise DataError(Problem(what, file=archive.name)) from None


def _odd_tier(facts: Facts, study: Study) -> list[str]:
    """Return whether a bundle calls itself text-free, which excuses claims, and its settings do not."""
    odd = facts.tier == "text_free" and study.disclosure.policy != "text_free"
    return [f"{bundlefacts.NAME} says that no text is in it; its study.yml says otherwise"] if odd else []


def _failures(ran: StudyRun, facts: Facts) -> list[str]:
    """Return notebooks that did not end well though the bundle does not say so."""
    return [
        f"{step.step} did not end well: {step.failure or step.reason}"
        for step in ran.steps
        if not step.ended_well and step.step not in facts.not_run
    ]


def _numbers(archive: Archive, facts: Facts, target: Workspace) -> list[str]:
    """Return the results that are not those of the bundle."""
    then = _json(archive, f"data/derived/{facts.study}/results.json")
    if not isinstance(then, list) or not all(isinstance(each, Mapping) and "key" in each for each in then):
        return ["the bundle holds no results.json to compare with"]
    told = {each["key"] for each in then}  # what a later Concord computes besides contradicts nothing
    changed = changed_results(then, recorded(target, facts.study))
    return _first(
        [
            f"{key}: {_number(a)} in the bundle, recomputed {_number(b)}"
            for key, (a, b) in changed.items()
            if key in told
        ]
    )


def _files(archive: Archive, target: Workspace) -> list[str]:
    """Return files that come out otherwise though everything that makes them is the same here."""
    made = [name for name in archive.names if LASTING.match(name)]
    odd = [name for name in made if _differs(archive, name, target)]
    return _first([f"{name}: made anew it is another file" for name in odd])


def _differs(archive: Archive, name: str, target: Workspace) -> bool:
    return file_digest(target.root / name) != digest(archive.read(name))


def _first(lines: Sequence[str]) -> list[str]:
    more = [f"and {len(lines) - SHOWN} more of this kind"] if len(lines) > SHOWN else []
    return [*lines[:SHOWN], *more]


def _number(value: Any) -> str:
    return "not there" if value is None else quoted(value) if isinstance(value, str) else f"{value:.12g}"
