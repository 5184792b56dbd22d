"""Which claim rests on which notebook, cell and file: the table that a reviewer starts from."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .claims import Verdict
from .graph import STEPS
from .paths import Workspace
from .records import Records

__all__ = ["COLUMNS", "claim_rows", "claims_csv", "claims_markdown"]

COLUMNS = ("claim", "printed", "where", "verdict", "recomputed", "why", "notebook", "cell", "file")


def claim_rows(
    workspace: Workspace, study: str, verdicts: Sequence[Verdict], results: Iterable[Mapping[str, Any]]
) -> list[dict[str, str]]:
    """Return one row a claim and number: what is printed, its verdict, and where it was computed.

    Parameters
    ----------
    workspace : Workspace
    study : str
    verdicts : sequence of Verdict
    results : iterable of mapping
        Entries of results.json.
    """
    found = {entry["key"]: entry for entry in results}
    rows = []
    for verdict in verdicts:
        shown = list(verdict.recomputed)
        for n, (where, printed) in enumerate((verdict.claim.expected or {"": ""}).items()):
            row = dict.fromkeys(COLUMNS, "")
            row |= {"claim": verdict.claim.id, "printed": printed, "where": where}
            row |= {"verdict": verdict.verdict, "why": verdict.why}
            row["recomputed"] = shown[n] if n < len(shown) else ""
            if verdict.claim.table is not None:
                row |= _of_table(workspace, study, verdict.claim.table)
            elif where in found:
                step = str(found[where]["notebook"])
                row |= {"notebook": step, "cell": str(found[where]["cell"])}
                row["file"] = f"reports/{study}/notebooks/{step}.ipynb"
            rows.append(row)
    return rows


def claims_csv(rows: Sequence[Mapping[str, str]]) -> str:
    """Return the table as CSV."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def claims_markdown(rows: Sequence[Mapping[str, str]]) -> str:
    """Return the table as Markdown.

    Examples
    --------
    >>> print(claims_markdown([]))
    No claims are stated.
    """
    if not rows:
        return "No claims are stated."
    shown = ("claim", "printed", "verdict", "recomputed", "notebook", "cell", "file")
    lines = [" | ".join(shown), " | ".join("---" for _ in shown)]
    lines += [" | ".join(row[name].replace("|", "\\|") or "–" for name in shown) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def _of_table(workspace: Workspace, study: str, table: str) -> dict[str, str]:
    """Return the notebook that left a table, and the table's file."""
    name = f"{table.removesuffix('.csv')}.csv"
    label = f"reports/{name}" if name.startswith("figures/") else f"derived/{name}"
    records = Records(workspace, study)
    for step in STEPS:
        record = records.read(step.name)
        if record is not None and label in record.outputs:
            return {"notebook": step.name, "file": records.shown(label)}
    return {}
