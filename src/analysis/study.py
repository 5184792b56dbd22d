"""study.yml: what a study is, which files hold it, and what is to be computed."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, field_validator

from . import yamlfile
from .errors import Problem, StudyError, UsageError, quoted
from .inputs import Input
from .parts import Part
from .paths import Workspace, refusal
from .settings import (
    AgreementPlan,
    Disclosure,
    DoubleCoding,
    Exclude,
    Method,
    Saturation,
    Source,
    ThemesPlan,
    Variable,
)

__all__ = ["METHOD_NAMES", "Study", "load_study"]


class Study(Part):
    """All of study.yml.

    Examples
    --------
    >>> Study.model_validate({"study": "demo", "title": "Demo", "method": "codebook",
    ...     "inputs": [{"file": "codings.csv"}], "disclosure": {"policy": "text_free"}}).agreement.primary
    'krippendorff_alpha'
    """

    study: str = Field(description="Write the study's name, the same as its folder.")
    title: str = Field(description="Write what the study is about, in a line.")
    based_on: Source | None = None
    simulated: bool = False
    method: Method = Field(
        description="Write one of coding_reliability, codebook, framework, gdi_qr, cqr, reflexive."
    )
    groups: list[str] = Field([])
    inputs: list[Input] = Field(min_length=1, description="Write `- {file: codings.csv, stage: ...}` lines.")
    coders: dict[str, str] = Field({}, description="Map from names in files to coder ids.")
    segmentation: Literal["shared", "own"] | None = None
    double_coding: DoubleCoding | None = None
    variables: dict[str, Variable] = Field({})
    agreement: AgreementPlan = AgreementPlan()
    themes: ThemesPlan = ThemesPlan()
    saturation: Saturation = Saturation()
    disclosure: Disclosure = Field(
        description="Write `disclosure: {policy: as_published}` or `disclosure: {policy: text_free}`; "
        "it governs what is published and has no default."
    )
    exclude: Exclude = Exclude()
    seed: int = Field(1, ge=0)

    @field_validator("study")
    @classmethod
    def _name(cls, value: str) -> str:
        if why := refusal(value):
            raise ValueError(why)
        return value

    @field_validator("variables")
    @classmethod
    def _not_codes(cls, value: dict[str, Variable]) -> dict[str, Variable]:
        if "codes" in value:
            raise ValueError("may not declare `codes`: that name is kept for the codebook's codes.")
        return value

    def not_applicable(self, step: str, *, charted: bool = True) -> str | None:
        """Return why a step does not apply to this study, or None when it does.

        Parameters
        ----------
        step : str
            Name of the notebook, such as ``02_agreement``.
        charted : bool
            Whether the study holds summaries of a framework matrix.
        """
        if step == "02_agreement" and self.method == "reflexive":
            return (
                "in reflexive thematic analysis themes are made by the researcher; agreement between coders "
                "is not part of the method."
            )
        if step == "04_framework" and not (
            self.method == "framework" or (self.method == "codebook" and charted)
        ):
            return f"a framework matrix is not part of {METHOD_NAMES[self.method]}."
        return None


METHOD_NAMES: dict[str, str] = {
    "coding_reliability": "coding reliability thematic analysis",
    "codebook": "codebook thematic analysis",
    "framework": "the Framework Method",
    "gdi_qr": "descriptive-interpretive qualitative research",
    "cqr": "consensual qualitative research",
    "reflexive": "reflexive thematic analysis",
}


def load_study(workspace: Workspace, name: str, overrides: Mapping[str, Any] | None = None) -> Study:
    """Return a study's settings, with single settings replaced by dotted name.

    Parameters
    ----------
    workspace : Workspace
    name : str
        Folder below data/raw.
    overrides : mapping, optional
        Dotted name -> value, such as ``{"agreement.unit": "case"}``.

    Raises
    ------
    StudyError
        If study.yml is missing, unreadable or wrong; every problem with its line.
    UsageError
        If an override names no setting or gives a value that it cannot take.
    """
    path = workspace.require(name) / "study.yml"
    data, lines = yamlfile.load(path, StudyError)
    study = yamlfile.validate(Study, data, lines, "study.yml", StudyError)
    if study.study != name:
        what = f"says {quoted(study.study)}, its folder is {quoted(name)}. Give both the same name."
        raise StudyError(Problem(what, file="study.yml", line=lines.get(("study",)), column="study"))
    if not overrides:
        return study
    return yamlfile.validate(Study, _overridden(data, overrides), {}, "overrides", UsageError)


def _overridden(data: dict[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    changed = copy.deepcopy(data)
    for dotted, value in overrides.items():
        here = changed
        *parents, last = str(dotted).split(".")
        for parent in parents:
            inner = here.setdefault(parent, {})
            if not isinstance(inner, dict):
                raise UsageError(Problem(f"{parent} holds no further settings.", column=str(dotted)))
            here = inner
        here[last] = value
    return changed
