"""Commands that compute and judge: reproduce, status, verify, lab."""

from __future__ import annotations

import json
import os
import sys
from typing import Annotated, Any

import typer

from ..errors import RunError
from ..paths import Workspace
from .data import studies_here

__all__ = ["register"]

Studies = Annotated[list[str] | None, typer.Argument(help="Default: all whose data is there.")]
Jobs = Annotated[int, typer.Option(help="How many notebooks may run side by side.")]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command()(reproduce)
    app.command()(status)
    app.command()(verify)
    app.command()(lab)


def reproduce(
    context: typer.Context,
    studies: Studies = None,
    force: Annotated[bool, typer.Option(help="Run every notebook, changed or not.")] = False,
    jobs: Jobs = 2,
) -> None:
    """Run every notebook that is stale and say why; leave data/derived and reports."""
    workspace = Workspace.find(context.obj["root"])
    names = _run(workspace, studies or [], force, jobs, typer.echo)
    typer.echo("Reports:")
    for name in names:
        page = (workspace.reports(name) / "index.html").relative_to(workspace.root)
        typer.echo(f"  {page}")


def _run(workspace: Workspace, studies: list[str], force: bool, jobs: int, say: Any) -> list[str]:
    from .. import runs

    names = studies_here(workspace, studies)
    _refuse_bad_data(workspace, names, force)
    runs.require_success(runs.reproduce(workspace, names, force=force, jobs=jobs, say=say))
    return names


def _refuse_bad_data(workspace: Workspace, names: list[str], force: bool) -> None:
    """Tell what is wrong with raw data before a kernel starts; data that a run has read is not read again."""
    from .. import runs
    from ..claims import load_claims
    from ..study import load_study

    for told in runs.status(workspace, names):
        load_claims(workspace, told.study)
        if force or told.steps[0].outcome == "stale":
            from ..read import read_study

            read_study(workspace, load_study(workspace, told.study))


def status(context: typer.Context, studies: Studies = None) -> None:
    """Say what is stale and why, without running anything."""
    from .. import runs

    workspace = Workspace.find(context.obj["root"])
    for study in runs.status(workspace, studies_here(workspace, studies or [])):
        for step in study.steps:
            typer.echo(f"{study.study}: {step}")


def verify(
    context: typer.Context,
    studies: Studies = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print verdicts as JSON alone.")] = False,
    jobs: Jobs = 2,
) -> None:
    """Reproduce, then print the verdict of every claim; exit status 1 if one fails."""
    from .. import claims
    from ..study import load_study

    workspace = Workspace.find(context.obj["root"])
    say = (lambda line: print(line, file=sys.stderr)) if as_json else typer.echo
    failed = 0
    told: list[dict[str, Any]] = []
    for name in _run(workspace, studies or [], False, jobs, say):
        results = json.loads((workspace.derived(name) / "results.json").read_text("utf-8"))
        stated = claims.load_claims(workspace, name)
        verdicts = claims.judge(results, stated, load_study(workspace, name).simulated)
        failed += sum(verdict.failed for verdict in verdicts)
        told += [_as_record(name, verdict) for verdict in verdicts]
        if not as_json:
            _print_verdicts(name, verdicts)
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        typer.echo(
            "This shows that the numbers follow from the codings, not that the interpretation is right."
        )
    if failed:
        raise RunError(f"{failed} claim{'s' if failed > 1 else ''} did not hold.")


def _print_verdicts(study: str, verdicts: list[Any]) -> None:
    checked = [verdict for verdict in verdicts if verdict.verdict != "not_checkable"]
    left = len(verdicts) - len(checked)
    typer.echo(f"{study}: {len(verdicts)} claims, {len(checked)} checked here, {left} cannot be checked")
    for verdict in sorted(verdicts, key=lambda each: each.failed):
        printed = ", ".join(verdict.claim.expected.values()) or "-"
        got = ", ".join(verdict.recomputed) or "-"
        why = f" ({verdict.why})" if verdict.why else ""
        typer.echo(f"  {verdict.claim.id}: printed {printed}, recomputed {got}: {verdict.verdict}{why}")


def _as_record(study: str, verdict: Any) -> dict[str, Any]:
    return {
        "study": study,
        "claim": verdict.claim.id,
        "printed": verdict.claim.expected,
        "recomputed": list(verdict.recomputed),
        "verdict": verdict.verdict,
        "why": verdict.why,
    }


def lab(context: typer.Context) -> None:
    """Open JupyterLab on this workspace."""
    workspace = Workspace.find(context.obj["root"])
    environment = {**os.environ, "CONCORD_ROOT": str(workspace.root)}
    command = [sys.executable, "-m", "jupyterlab", "--notebook-dir", str(workspace.notebooks.parent)]
    os.execve(sys.executable, command, environment)
