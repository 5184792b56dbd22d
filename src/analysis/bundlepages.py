"""README.md of a bundle: what it holds, what it withholds, how to verify it, which claim rests on what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .bundlefacts import Facts
from .claimtable import claims_markdown
from .sharing.raw import Shared
from .study import Study
from .verification import BY_CONSTRUCTION, STATEMENT, Verification

__all__ = ["readme"]

LAYOUT = """\
| in the bundle | what it is |
| --- | --- |
| `data/raw/{study}/` | what people made: codings, settings, claims |
| `data/derived/{study}/` | tables, every number (`results.json`), what each notebook was made from |
| `reports/{study}/` | report, figures with their data, executed notebooks, verdicts |
| `software/` | notebooks, library, pinned packages |
| `claims.csv` | the table below |
| `codecheck.yml` | manifest for a CODECHECK |
| `bundle.json`, `ro-crate-metadata.json` | for machines: what was used and withheld; sha256 of every file |
"""


def readme(
    study: Study, facts: Facts, found: Verification, rows: Sequence[Mapping[str, str]], shared: Shared
) -> str:
    """Return the page that a reviewer opens first."""
    parts = [
        f"# {study.title}",
        f"An RO-Crate 1.1 of the study `{study.study}`, made by Concord {facts.concord}.",
        f"To verify it: `concord verify {study.study}.zip`, whatever the file is called. That checks every "
        "file against its sha256, runs the notebooks on the data in here, and judges every claim, without "
        "account or network.",
        STATEMENT,
        *([BY_CONSTRUCTION] if study.simulated else []),
        "## What is in it",
        LAYOUT.format(study=study.study).rstrip(),
        "## Whose words",
        " ".join([shared.said, *_withheld(shared)]),
        "## What cannot be checked in this bundle",
        "\n".join(_not_checkable(found, facts)),
        "## Claims",
        found.coverage,
        claims_markdown(rows),
    ]
    return "\n\n".join(parts) + "\n"


def _withheld(shared: Shared) -> list[str]:
    if shared.tier == "as_it_is":
        return []
    if shared.tier == "consented":
        return [f"{shared.withheld} participants did not agree to share theirs; their codings are in it."]
    return [
        "Documents are told apart by keyed hashes, whose key is computed from all texts and stays with them. "
        "Ids that may tell whose they are have new names."
    ]


def _not_checkable(found: Verification, facts: Facts) -> list[str]:
    lines = [f"- `{v.claim.id}`: {v.why}" for v in found.verdicts if v.verdict == "not_checkable"]
    lines += [f"- notebook `{step}`: {why}" for step, why in facts.not_run.items()]
    if facts.withheld_results:
        lines.append(f"- {len(facts.withheld_results)} results that no claim needs or that are named above.")
    return lines or ["Nothing: every claim that can be checked at all can be checked here."]
