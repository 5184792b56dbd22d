"""A study with everything that its numbers follow from, in one zip that another machine can verify.

What may not be shared is not packed: where anything is withheld, the raw data are written anew without it,
all notebooks run on that, and the bundle is made of what they leave. So nothing in a bundle was ever computed
from what is not in it, and which claims need what is withheld is seen, not guessed.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from . import __version__, bundlefacts, manifest, runs, verification, verificationfiles, wholefile
from .bundlefacts import Facts, adjusted, changed_results, installation, notebook_hashes, rests_on_withheld
from .bundlepages import readme
from .claims import Verdict
from .claimtable import claim_rows, claims_csv
from .clearance import clear_for
from .codecheckfile import codecheck_yml
from .contents import digest, files_below
from .crate import METADATA, WORKFLOW, About, crate_json
from .graph import STEPS
from .outcomes import StudyRun
from .paths import CHECKOUT, Workspace
from .sharing.raw import Shared, require_shareable, share
from .stepresults import recorded
from .study import Study, load_study
from .verification import Verification

__all__ = ["Made", "bundle", "zipped"]

EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day that a zip can name
NO_DATE = "1980-01-01"
VOLATILE = ("run.json",)
PROJECT = ("pyproject.toml", "environment.yml", "LICENSE", "README.md", "CITATION.cff")
MANIFEST = {
    "data/derived/{study}/results.json": "Every number, under its key.",
    "reports/{study}/index.html": "The report.",
    "reports/{study}/verification.json": "The verdict of every claim.",
}


@dataclass(frozen=True)
class Made:
    """A bundle that was written.

    Parameters
    ----------
    path : Path
    sha256 : str
        Of the whole file: to be published beside it.
    shared : Shared
        Which data are in it.
    facts : Facts
    verification : Verification
        What became of every claim on what the bundle holds.
    files : int
    """

    path: Path
    sha256: str
    shared: Shared
    facts: Facts
    verification: Verification
    files: int


def bundle(
    workspace: Workspace,
    name: str,
    *,
    text_free: bool = False,
    out: Path | None = None,
    jobs: int = 2,
    say: Callable[[str], None] = print,
) -> Made:
    """Write the bundle of a study; the same study gives the same bytes.

    Parameters
    ----------
    workspace : Workspace
    name : str
    text_free : bool
        Hold hashes and positions only, whatever the study's policy lets be shown.
    out : Path, optional
        By default ``reports/bundles/<study>.zip``, or ``<study>-text-free.zip``.
    jobs : int
        How many notebooks may run side by side.
    say : callable
        Takes one line of progress.

    Raises
    ------
    DataError
        If source/ is not as MANIFEST froze it: the bundle would not verify.
    DisclosureError
        If the policy hides small counts, or an identifier would leave with the data.
    RunError
        If a notebook fails on the study itself.
    """
    study = load_study(workspace, name)
    require_shareable(study)
    manifest.require(workspace, name)
    runs.require_success(runs.reproduce(workspace, [name], jobs=jobs, say=say))
    own = verification.verified(workspace, study)
    date = _date(workspace, name)
    with tempfile.TemporaryDirectory(prefix="concord-bundle-") as folder:
        target = Workspace(Path(folder).resolve(), workspace.notebooks)
        shared = share(workspace, study, target, text_free=text_free)
        if shared.tier == "as_it_is":
            made_in, facts, found = workspace, _facts(workspace, name, shared.tier), own
        else:
            say(f"{name}: the notebooks run again on what may be shared")
            ran = runs.reproduce(target, [name], jobs=jobs, say=say)[0]
            seen = verification.verified(target, load_study(target, name))
            facts = _facts(target, name, shared.tier, _differences(workspace, target, shared, own, seen, ran))
            made_in, found = target, replace(seen, verdicts=tuple(adjusted(seen.verdicts, facts)))
        verificationfiles.keep(made_in, found)
        files = _files(made_in, target, name, facts, found, shared)
    clear_for(workspace, study, {path: files[path] for path in files if path.startswith("reports/")})
    about = _about(study, shared, date, facts, files)
    files[METADATA] = crate_json(about, files, _described(name)).encode()
    content = zipped(files)
    path = out or _default(workspace, name, shared)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    draft.write_bytes(content)
    draft.replace(path)
    return Made(path, digest(content), shared, facts, found, len(files))


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return files as a zip archive that is the same bytes for the same files; the metadata come first."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(files, key=lambda path: (path != METADATA, path)):
            info = zipfile.ZipInfo(path, EPOCH)
            info.create_system, info.external_attr = 3, 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, files[path], compresslevel=9)
    return out.getvalue()


def _default(workspace: Workspace, name: str, shared: Shared) -> Path:
    ending = "-text-free" if shared.tier == "text_free" else ""
    return workspace.root / "reports" / "bundles" / f"{name}{ending}.zip"


def _facts(made_in: Workspace, name: str, tier: str, more: Mapping[str, Any] | None = None) -> Facts:
    return Facts(name, __version__, tier, installation(made_in), notebook_hashes(made_in), **(more or {}))


def _differences(
    workspace: Workspace,
    target: Workspace,
    shared: Shared,
    own: Verification,
    seen: Verification,
    ran: StudyRun,
) -> dict[str, Any]:
    """Return what does not follow from what may be shared: steps, results, claims, each with the reason."""
    failed = {step.step: str(step.failure) for step in ran.steps if step.outcome == "failed"}
    failed |= {step.step: step.reason for step in ran.steps if step.outcome == "blocked"}
    because = f"it needs {'text' if shared.tier == 'text_free' else 'words'} that this bundle withholds"
    unnamed = "it names something by words that this bundle withholds"
    then = [{**each, "key": shared.key(str(each["key"]))} for each in recorded(workspace, own.study)]
    changed = changed_results(then, recorded(target, own.study))
    moved = [v.claim.id for v in own.verdicts if v.verdict == "changed_by_withdrawal"]
    held = {v.claim.id for v in own.verdicts if not v.failed} - set(moved)
    return {
        "not_run": failed,
        "withheld_results": dict.fromkeys(sorted(changed), because),
        "not_checkable": {
            v.claim.id: because if failed or _is_reached(v, changed) else unnamed
            for v in seen.verdicts
            if v.failed and v.claim.id in held and rests_on_withheld(v, changed)
        },
        "withdrawn": moved,
    }


def _is_reached(verdict: Verdict, changed: Collection[str]) -> bool:
    """Tell whether what a claim speaks of is there under the names of the bundle, or was before it."""
    if verdict.claim.table is not None:
        return all(part.verdict != "missing" for part in verdict.parts) and verdict.verdict != "missing"
    return any(key in changed for key in verdict.claim.expected)


def _files(
    made_in: Workspace, raw: Workspace, name: str, facts: Facts, found: Verification, shared: Shared
) -> dict[str, bytes]:
    """Return path in the bundle -> content, all but the metadata."""
    results = recorded(made_in, name)
    rows = claim_rows(made_in, name, found.verdicts, results)
    files = _below(raw.raw(name), f"data/raw/{name}")
    files |= _below(made_in.derived(name), f"data/derived/{name}", (".parquet",))
    records = made_in.derived(name) / ".records"
    files |= {f"data/derived/{name}/records/{p.name}": p.read_bytes() for p in sorted(records.glob("*.json"))}
    files |= _below(made_in.reports(name), f"reports/{name}", VOLATILE)
    files[f"reports/{name}/run.json"] = wholefile.dumps(_lasting(made_in, name)).encode()
    files |= _software(made_in)
    study = load_study(raw, name)
    asked = {path.format(study=name): said for path, said in MANIFEST.items()}
    figures = [p for p in files if p.startswith(f"reports/{name}/figures/") and p.endswith(".svg")]
    asked |= dict.fromkeys(figures, "A figure; its data stand beside it as CSV.")
    asked = {path: said for path, said in asked.items() if path in files}
    files["claims.csv"] = claims_csv(rows).encode()
    files["codecheck.yml"] = codecheck_yml(study, asked).encode()
    files["README.md"] = readme(study, facts, found, rows, shared).encode()
    files[bundlefacts.NAME] = wholefile.dumps(facts.as_data()).encode()
    return dict(sorted(files.items()))


def _below(folder: Path, prefix: str, left_out: Sequence[str] = ()) -> dict[str, bytes]:
    return {
        f"{prefix}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in files_below(folder)
        if not path.name.endswith(tuple(left_out) or ("\0",))
    }


def _software(made_in: Workspace) -> dict[str, bytes]:
    """Return the notebooks, the lock, and the library as a zip of its own."""
    notebooks = [made_in.notebooks / f"{step.name}.ipynb" for step in STEPS]
    files = {f"software/notebooks/{p.name}": p.read_bytes() for p in notebooks if p.is_file()}
    if made_in.lock.is_file():
        files["software/requirements.lock"] = made_in.lock.read_bytes()
    graph = [{"step": s.name, "needs": list(s.needs), "notebook": f"notebooks/{s.name}.ipynb"} for s in STEPS]
    files[WORKFLOW] = wholefile.dumps({"steps": graph}).encode()
    source = _below(bundlefacts.PACKAGE, "src/analysis")
    source |= {name: (CHECKOUT / name).read_bytes() for name in PROJECT if (CHECKOUT / name).is_file()}
    files[f"software/concord-{__version__}.zip"] = zipped(source)
    return files


def _lasting(made_in: Workspace, name: str) -> dict[str, Any]:
    """Return what run.json tells, without times, reasons to run and the machine."""
    told = wholefile.read_json(made_in.reports(name) / "run.json") or {}
    kept = ("parameters", "packages", "seed")
    steps = {
        step: {
            "status": "completed" if each["status"] == "skipped" else each["status"],
            "error": each["error"],
        }
        | {key: (each.get("ran") or {}).get(key) for key in kept}
        for step, each in told.get("steps", {}).items()
    }
    return {"study": name, "concord": told.get("concord"), "python": told.get("python"), "steps": steps}


def _date(workspace: Workspace, name: str) -> str:
    """Return the day on which the last notebook ended."""
    told = wholefile.read_json(workspace.reports(name) / "run.json") or {}
    ran = [each.get("ran") or {} for each in told.get("steps", {}).values()]
    return max((str(each["ended"])[:10] for each in ran if each.get("ended")), default=NO_DATE)


def _about(study: Study, shared: Shared, date: str, facts: Facts, files: Mapping[str, bytes]) -> About:
    steps = [s.name for s in STEPS if f"reports/{study.study}/notebooks/{s.name}.ipynb" in files]
    python = facts.installation.get("Python", "")
    return About(study.study, study.title, shared.said, date, facts.concord, python, steps)


def _described(name: str) -> dict[str, str]:
    return {
        "README.md": "What is in the bundle, and which claim rests on which notebook, cell and file.",
        bundlefacts.NAME: "What the bundle says of itself, for the machine that verifies it.",
        "claims.csv": "Claim, what is printed, verdict, notebook, cell and file.",
        "codecheck.yml": "CODECHECK configuration file.",
        f"data/raw/{name}/study.yml": "Settings of the study: groups, coders, unit, cut-offs, seed.",
        f"data/raw/{name}/claims.yml": "What the report states, claim by claim.",
        WORKFLOW: "The five notebooks and which needs which.",
        f"software/concord-{__version__}.zip": "The library that computed everything, as source.",
        "software/requirements.lock": "The packages that the numbers were computed with, pinned by hash.",
        **{path.format(study=name): said for path, said in MANIFEST.items()},
    }
