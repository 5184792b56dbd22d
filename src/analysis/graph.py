"""The five steps of a study, and which of them needs which."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["STEPS", "Step"]

NEVER_READ = ("README.md", "findings.md", "frozen/", "source/MANIFEST")
JUDGED_LATER = ("claims.yml", "claims/", *NEVER_READ)


@dataclass(frozen=True)
class Step:
    """A notebook as a step of a run.

    Parameters
    ----------
    name : str
        The notebook's file name without its ending.
    needs : tuple of str
        Steps that must have ended well, or not apply, before this one starts.
    ignores : tuple of str
        Files and folders (with a final slash) of data/raw/<study> that the notebook never reads.
    """

    name: str
    needs: tuple[str, ...] = ()
    ignores: tuple[str, ...] = ()


STEPS: tuple[Step, ...] = (
    Step("01_prepare", ignores=JUDGED_LATER),
    Step("02_agreement", needs=("01_prepare",), ignores=JUDGED_LATER),
    Step("03_themes", needs=("01_prepare",), ignores=JUDGED_LATER),
    Step("04_framework", needs=("01_prepare",), ignores=JUDGED_LATER),
    Step(
        "05_report",
        needs=("01_prepare", "02_agreement", "03_themes", "04_framework"),
        ignores=NEVER_READ,
    ),
)
