"""The command `verify`: a verdict for every reported number, and which of them survive without somebody."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import RunError, UsageError, quoted
from ..paths import Workspace
from .data import read_stale, studies_here
from .options import Jobs, Say, print_json, say_beside

if TYPE_CHECKING:
    from ..verification import Verification

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command()(verify)


def verify(
    context: typer.Context,
    studies: Annotated[
        list[str] | None,
        typer.Argument(metavar="[STUDY...|BUNDLE.zip]", help="Default: all whose data is there."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print verdicts as JSON alone.")] = False,
    junit_file: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Write verdicts as JUnit XML.")
    ] = None,
    jobs: Jobs = 2,
    strict: Annotated[
        bool, typer.Option(help="Also fail where findings.md holds numbers that belong to no claim.")
    ] = False,
    without: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND:NAME",
            help="Which claims survive without coder:B, group:patient or case:P03; changes nothing.",
        ),
    ] = None,
    leave_one_out: Annotated[
        bool,
        typer.Option(help="Which claims survive without each coder and each case in turn; changes nothing."),
    ] = False,
) -> None:
    """Reproduce what is stale, then print the verdict of every claim; exit status 1 if one fails."""
    given = studies or []
    if junit_file is not None and not junit_file.absolute().parent.is_dir():
        raise UsageError(f"--junit {quoted(str(junit_file))}: its folder is not there. Make it first.")
    if any(name.endswith(".zip") for name in given):
        _refuse_in_bundles(given, without or leave_one_out)
        from .bundle import verify_bundles

        verify_bundles(given, as_json=as_json, junit_file=junit_file, jobs=jobs, strict=strict)
        return
    workspace = Workspace.find(context.obj["root"])
    say = say_beside(as_json)
    names = studies_here(workspace, given)
    if without or leave_one_out:
        _survivors(workspace, names, without or [], leave_one_out, as_json)
        return
    found = _verified(workspace, names, jobs, say)
    if junit_file is not None:
        from ..junit import junit

        junit_file.write_text(junit([_public(workspace, v) for v in found]), encoding="utf-8", newline="\n")
    if as_json:
        print_json([record for v in found for record in _records(_public(workspace, v))])
    else:
        for v in found:
            _print(v, workspace)
        _print_total(found)
    _end(found, strict)


def _verified(workspace: Workspace, names: Sequence[str], jobs: int, say: Say) -> list[Verification]:
    from .. import runs
    from ..claims import load_claims
    from ..manifest import note, warnings
    from ..study import load_study
    from ..studylock import locked
    from ..verification import verified
    from ..verificationfiles import keep

    told = runs.status(workspace, names)
    claims = {name: load_claims(workspace, name) for name in names}
    for name in names:
        for line in warnings(workspace, name) or filter(None, [note(workspace, name)]):
            say(f"{name}: {line}")
    stale = [each.study for each in told if not _stands(workspace, each)]
    for each in told:
        if each.study not in stale:
            say(f"{each.study}: nothing is stale")
    if stale:
        for each in told:
            if each.study in stale:
                read_stale(workspace, each)
        runs.require_success(runs.reproduce(workspace, stale, jobs=jobs, say=say))
    found = []
    for name in names:
        with locked(workspace, name, say):
            study = load_study(workspace, name)
            found.append(verified(workspace, study, claims[name]))
            keep(workspace, found[-1], study)
    return found


def _stands(workspace: Workspace, told: Any) -> bool:
    """Tell whether every step's record fits, and nothing is left of steps that do not apply."""
    from ..records import Records

    records = Records(workspace, told.study)
    return all(
        step.outcome == "skipped" or (step.outcome == "not_applicable" and records.read(step.step) is None)
        for step in told.steps
    )


def _print(v: Verification, workspace: Workspace) -> None:
    from ..claimlines import line
    from ..verification import BY_CONSTRUCTION

    typer.echo(f"{v.study}: {v.counted}")
    if v.simulated:
        typer.echo(f"  {BY_CONSTRUCTION}")
    for each in v.ordered:
        typer.echo(f"  {line(each)}")
        for cause in v.causes.get(each.claim.id, ()):
            typer.echo(f"      changed: {cause}")
    if v.prose:
        lines = list(v.prose.lines())
        typer.echo(f"  findings.md: {lines[0]}")
        for told in lines[1:]:
            typer.echo(f"    {told}")
    if any(each.failed for each in v.verdicts) and not v.causes:
        typer.echo(f"  what changed is not known without a baseline: concord freeze {v.study} baseline")
    page = (workspace.reports(v.study) / "verification.html").relative_to(workspace.root)
    typer.echo(f"  {page.as_posix()}")


def _print_total(found: Sequence[Verification]) -> None:
    from ..verification import STATEMENT, total

    if len(found) > 1:
        typer.echo(f"All studies: {total(found)}")
    typer.echo(STATEMENT)


def _public(workspace: Workspace, v: Verification) -> Verification:
    """Return what may leave this machine, as output for other programs does."""
    from ..study import load_study
    from ..verificationfiles import public

    return public(v, load_study(workspace, v.study))


def _records(v: Verification) -> list[dict[str, Any]]:
    """Return a record a claim, and one more of findings.md and source/ where there is something to say."""
    from ..verificationfiles import as_data

    whole, study = as_data(v), {"study": v.study, "simulated": v.simulated}
    records = [{**study, **record} for record in whole["claims"]]
    if v.prose or v.source:
        retyped = bool(v.prose and v.prose.retyped)
        told = {"claim": None, "verdict": "retyped" if retyped else None, "failed": retyped or bool(v.source)}
        records.append({**study, **told, "findings": whole["findings"], "source": whole["source"]})
    return records


def _end(found: Sequence[Verification], strict: bool) -> None:
    problems = []
    failed = sum(each.failed for v in found for each in v.verdicts)
    retyped = sum(v.failed for v in found) - failed
    if failed:
        problems.append(f"{failed} claim{'s' if failed > 1 else ''} did not hold.")
    if retyped:
        are = "s in findings.md are" if retyped > 1 else " in findings.md is"
        problems.append(f"{retyped} number{are} not what the claim beside it prints.")
    moved = sum(len(v.source) for v in found)
    if moved:
        problems.append(f"{moved} source file{'s are' if moved > 1 else ' is'} not as frozen in MANIFEST.")
    untied = sum(len(v.prose.untied) for v in found if v.prose) if strict else 0
    if untied:
        problems.append(f"{untied} number{'s' if untied > 1 else ''} in findings.md belong to no claim.")
    if problems:
        raise RunError(" ".join(problems))


def _survivors(
    workspace: Workspace, names: Sequence[str], without: Sequence[str], leave_one_out: bool, as_json: bool
) -> None:
    from .. import robustness
    from ..study import load_study

    say = say_beside(as_json=True)  # what survives stands by itself, in words as well
    told = [robustness.survivors(workspace, name, without, leave_one_out, say) for name in names]
    if as_json:
        shown = [robustness.public(each, load_study(workspace, each.study)) for each in told]
        print_json([robustness.as_data(each) for each in shown])
        return
    for each in told:
        for line in robustness.lines(each):
            typer.echo(line)


def _refuse_in_bundles(given: Sequence[str], survivors: object) -> None:
    if not all(name.endswith(".zip") for name in given):
        raise UsageError("name studies or bundles, not both at once.")
    if survivors:
        raise UsageError(
            "--without and --leave-one-out work on a study, not on a zip. Unpack the bundle into a folder, "
            "then: concord --root FOLDER verify STUDY --without coder:A"
        )
