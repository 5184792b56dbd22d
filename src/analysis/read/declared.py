"""What a tool's file cannot say and study.yml must: the stage, and the coder where the file names none."""

from __future__ import annotations

from ..errors import Problem

__all__ = ["coder_missing", "stage_missing"]


def stage_missing(file: str) -> Problem:
    """Return the problem of codings whose stage nobody states."""
    what = (
        "stage not declared. Write `stage: independent` (or training, consensus, recode) after the file in "
        "study.yml: a finished project may hold codings that were settled in discussion, and agreement is "
        "computed on independent codings only."
    )
    return Problem(what, file=file, column="stage")


def coder_missing(file: str, missing: int, total: int) -> Problem:
    """Return the problem of codings that name no coder."""
    which = "none of the codings names" if missing == total else f"{missing} of {total} codings lack"
    what = (
        f"{which} a coder. Write `coder: NAME` after the file in study.yml, or give `--coder NAME` to "
        "`concord import`; with several coders export one file a coder."
    )
    return Problem(what, file=file, column="coder")
