"""Files that tell of a verification: as the study's policy lets them be published, the same bytes twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from . import wholefile
from .claims import Verdict
from .findings import COUNTS_SHOWN, shown_text
from .paths import Workspace
from .staging import drafts
from .study import Study, load_study
from .verification import BY_CONSTRUCTION, STATEMENT, Verification
from .verificationpage import document, page

__all__ = ["as_data", "keep", "public", "rendered_page"]


def public(v: Verification, study: Study) -> Verification:
    """Return a verification as the study's policy lets it be published: without counts that it hides."""
    if study.disclosure.policy in COUNTS_SHOWN:
        return v
    from . import publicclaims  # loads numpy, which open counts do without

    hides, unprinted = publicclaims.hides_numbers, publicclaims.unprinted
    shown = [
        replace(each, claim=unprinted(each.claim)) if hides(each.claim, study) else each
        for each in publicclaims.public_verdicts(v.verdicts, study)
    ]
    return replace(v, verdicts=tuple(shown), withdrawn=None if v.withdrawn else 0)


def as_data(v: Verification) -> dict[str, Any]:
    """Return a verification as JSON data: the content of verification.json."""
    return {
        "statement": STATEMENT,
        "study": v.study,
        "title": v.title,
        "simulated": v.simulated,
        "by_construction": BY_CONSTRUCTION if v.simulated else None,
        "coverage": v.coverage,
        "tally": v.tally,
        "failed": v.failed,
        "withdrawn": v.withdrawn,
        "results_sha256": v.results,
        "source": list(v.source),
        "claims": [_claim_data(each, v.causes.get(each.claim.id, ())) for each in v.ordered],
        "findings": v.prose.as_data() if v.prose else None,
    }


def _claim_data(v: Verdict, causes: Sequence[str]) -> dict[str, Any]:
    names = ("place", "printed", "recomputed", "verdict", "why", "origin")
    return {
        "claim": v.claim.id,
        "says": v.claim.says,
        "source": v.claim.source,
        "basis": v.claim.basis,
        "comparator": v.claim.comparator,
        "printed": v.claim.expected,
        "recomputed": list(v.recomputed),
        "verdict": v.verdict,
        "failed": v.failed,
        "known": v.known,
        "why": v.why,
        "decision": v.decision,
        "note": v.claim.note,
        "from": v.origin,
        "parts": [{name: getattr(part, name) for name in names} for part in v.parts],
        "changed": list(causes),
    }


def keep(workspace: Workspace, v: Verification, study: Study | None = None) -> list[str]:
    """Write what was found into reports/<study>; the same findings are the same bytes.

    Parameters
    ----------
    workspace : Workspace
    v : Verification
    study : Study, optional
        Where it has been read already.

    Returns
    -------
    list of str
        The files, relative to the workspace.

    Raises
    ------
    DisclosureError
        If a file, such as the authors' text, holds what looks like a direct identifier.
    """
    study = study or load_study(workspace, v.study)
    v = public(v, study)
    folder = workspace.reports(v.study)
    files = {"verification.json": wholefile.dumps(as_data(v)), "verification.html": page(v)}
    if v.prose:
        files |= {
            "findings.md": shown_text(v.prose, v.simulated),
            "findings.html": rendered_page(v, v.prose.text),
        }
    else:
        for name in ("findings.md", "findings.html"):
            (folder / name).unlink(missing_ok=True)
    new = {name: text for name, text in files.items() if _is_new(folder / name, text)}
    if new:
        from .clearance import clear_for

        clear_for(workspace, study, new)
    for name, text in new.items():
        wholefile.write_text(folder / name, text, scratch=drafts(workspace, v.study))
    return [(folder / name).relative_to(workspace.root).as_posix() for name in files]


def _is_new(path: Path, text: str) -> bool:
    return not path.is_file() or path.read_bytes() != text.encode()


def rendered_page(v: Verification, text: str) -> str:
    """Return the filled text of findings.md as a page; HTML in it is shown as text, never run."""
    import mistune  # only where there is prose

    body = str(mistune.create_markdown(escape=True, plugins=["table", "strikethrough"])(text))
    return document(v, f"{v.title}: findings", f'<article class="prose">{body}</article>')
