"""Commands that show where a number comes from and hand a study on: trace, bundle; and bundles verified."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import RunError
from ..paths import Workspace
from .options import Jobs, Study, print_json, say_beside

if TYPE_CHECKING:
    from ..bundle import Made
    from ..bundlecheck import Checked

__all__ = ["register", "verify_bundles"]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command()(trace)
    app.command()(bundle)


def trace(
    context: typer.Context,
    study: Study,
    key: Annotated[str, typer.Argument(help="A key of results.json, such as cases.n.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Show where a number comes from: notebook, cell, function, settings, files, segments."""
    from ..trace import trace as trace_back
    from ..tracelines import lines

    found = trace_back(Workspace.find(context.obj["root"]), study, key)
    if as_json:
        print_json(found.as_dict())
        return
    for line in lines(found):
        typer.echo(line)


def bundle(
    context: typer.Context,
    study: Study,
    text_free: Annotated[
        bool, typer.Option("--text-free", help="Hold codings, positions and keyed hashes only.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Default: reports/bundles/STUDY.zip.")] = None,
    jobs: Jobs = 2,
) -> None:
    """Pack a study as an RO-Crate that a reviewer verifies by `concord verify STUDY.zip`."""
    from ..bundle import bundle as pack

    workspace = Workspace.find(context.obj["root"])
    made = pack(workspace, study, text_free=text_free, out=out, jobs=jobs, say=typer.echo)
    for line in _made(made, workspace):
        typer.echo(line)


def _made(made: Made, workspace: Workspace) -> list[str]:
    inside = made.path.is_relative_to(workspace.root)
    path = made.path.relative_to(workspace.root) if inside else made.path
    lines = [f"{path}: {made.files} files, sha256 {made.sha256}", made.shared.said]
    if made.shared.tier == "consented":
        lines.append(
            f"{made.shared.withheld} participants' words are left out: they did not agree to share them."
        )
    left = [v for v in made.verification.verdicts if v.claim.id in made.facts.not_checkable]
    here = [v.claim.id for v in made.verification.verdicts if v.verdict != "not_checkable"]
    lines.append(f"{len(here)} claims can be checked in this bundle: {', '.join(here) or 'none'}.")
    lines.append(f"{len(left)} can be checked only with what it withholds.")
    lines += [f"  {v.claim.id}: {v.why}" for v in left]
    lines += [f"  notebook {step} cannot run on it: {why}" for step, why in made.facts.not_run.items()]
    failed = [v.claim.id for v in made.verification.verdicts if v.failed]
    if failed:
        lines.append(f"{len(failed)} claims do not hold, and the bundle says so: {', '.join(failed)}.")
    return lines


def verify_bundles(
    bundles: Sequence[str], *, as_json: bool, junit_file: Path | None, jobs: int, strict: bool
) -> None:
    """Verify bundles; raise RunError, and so end with status 1, if anything does not hold."""
    from ..bundlecheck import check_bundle
    from ..junit import junit

    found = [check_bundle(Path(name), say_beside(as_json), jobs=jobs) for name in bundles]
    if junit_file is not None:
        told = junit([each.verification for each in found])
        junit_file.write_text(told, encoding="utf-8", newline="\n")
    if as_json:
        print_json([_as_data(each) for each in found])
    else:
        for each in found:
            for line in _checked(each):
                typer.echo(line)
    failed = [why for each in found if (why := _what_failed(each, strict))]
    if failed:
        raise RunError(" ".join(failed))


def _as_data(found: Checked) -> dict[str, Any]:
    from ..verificationfiles import as_data

    told = {"bundle_sha256": found.sha256, "tier": found.facts.tier, "made_with": found.facts.concord}
    return {**told, "notes": found.notes, "problems": found.problems, **as_data(found.verification)}


def _checked(found: Checked) -> list[str]:
    from ..claimlines import line
    from ..verification import BY_CONSTRUCTION, STATEMENT

    v = found.verification
    lines = [f"{v.study}: {v.coverage}", *([f"  {BY_CONSTRUCTION}"] if v.simulated else [])]
    for each in v.ordered:
        lines += [f"  {line(each)}", *(f"      changed: {why}" for why in v.causes.get(each.claim.id, ()))]
    lines += [f"  notebook {step} cannot run on what the bundle holds" for step in found.facts.not_run]
    lines += [f"  findings.md: {said}" for said in (v.prose.lines() if v.prose else ())]
    lines += [f"  {problem}" for problem in found.problems]
    return [
        *lines,
        f"sha256 of the bundle: {found.sha256}. Compare it with the one that was published.",
        STATEMENT,
    ]


def _what_failed(found: Checked, strict: bool) -> str:
    v = found.verification
    said = [f"{v.failed} claim{'s' if v.failed > 1 else ''} of {v.study} did not hold."] if v.failed else []
    if found.problems:
        said.append(f"{v.study}: files or numbers are not what the bundle holds.")
    untied = len(v.prose.untied) if strict and v.prose else 0
    if untied:
        said.append(
            f"{v.study}: {untied} number{'s' if untied > 1 else ''} in findings.md belong to no claim."
        )
    return " ".join(said)
