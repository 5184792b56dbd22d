"""What a step of one run left, handed to another run in which it would have come to the same."""

from __future__ import annotations

import shutil
from typing import Any

from . import normalform, notebookpage, stepresults
from .contents import file_digest
from .errors import RunError
from .records import PAGES, Record, Records
from .starts import Start

__all__ = ["hand_over"]


def hand_over(start: Start, records: Records, record: Record) -> list[dict[str, Any]]:
    """Leave in a start's stage what executing its notebook would have left there; return its results.

    Parameters
    ----------
    start : Start
    records : Records
        Of the run that has the files.
    record : Record
        Of its step.

    Raises
    ------
    RunError
        If a file is no longer what the step left.
    """
    out = start.stage.out
    for label, sha in record.outputs.items():
        target = out / label
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(records.output(label), target)
        if file_digest(target) != sha:
            raise RunError(f"{records.shown(label)} is not as it was left.")
    copy = out / PAGES / f"{start.step.name}.ipynb"
    if copy.is_file():
        nb = normalform.with_parameters(normalform.load(copy), start.plan.parameters)
        notebookpage.amend(nb, start.title, copy)
    return stepresults.left(start.stage, start.step.name)
