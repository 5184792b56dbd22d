"""The files that a study reads, as study.yml names them: what each is and how it is laid out."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from .contents import is_passing
from .errors import quoted
from .parts import Part, as_text

__all__ = ["Format", "Input", "Stage"]

Stage = Literal["training", "independent", "consensus", "recode"]
Format = Literal[
    "tidy",
    "wide",
    "refi-qda",
    "refi-codebook",
    "qualcoder",
    "maxqda",
    "maxqda-project",
    "atlasti",
    "dedoose",
    "dedoose-docx",
    "taguette",
    "rqda",
    "requal",
    "labelstudio",
    "doccano",
    "webanno",
    "nvivo",
    "coding-sheet",
]


class Input(Part):
    """One file in source/: what it is and how it is laid out."""

    file: str = Field(description="Write the file's name inside source/.")
    format: Format | None = Field(None, description="Left out, it is recognised from what the file holds.")
    table: str | None = Field(None, description="The table of a tidy file whose name does not say it.")
    stage: Stage | None = None
    round: int = Field(1, ge=1)
    coder: str | None = Field(
        None, description="The coder of codings that carry none; in a wide file the column that names coders."
    )
    all_by: str | None = Field(None, description="The coder of all codings, whatever the file says.")
    coders: list[str] | None = Field(None, description="wide: one column a coder, these.")
    segment: str | list[str] | None = Field(
        None, description="wide: the column, or columns, that name a segment."
    )
    variable: str | None = Field(None, description="wide, one column a coder: what the cells rate.")
    variables: list[str] | None = Field(None, description="wide, one row a segment and coder: rated columns.")
    document: str | None = None
    case: str | None = None
    group: str | None = Field(None, description="wide: the column that names the case's group.")
    text: str | None = None
    speaker: str | None = None
    question: str | None = None
    encoding: str | None = None

    @field_validator("file")
    @classmethod
    def _inside(cls, value: str) -> str:
        if value.startswith(("/", "~")) or ".." in value.split("/") or re.match(r"^[A-Za-z]:|\\", value):
            raise ValueError(f"must be a path inside source/. Found {quoted(value)}.")
        if any(map(is_passing, value.split("/"))):
            raise ValueError(
                f"is a hidden file or an editor's draft; give it another name. Found {quoted(value)}."
            )
        return value

    @field_validator("coders", "variables", "segment", mode="before")
    @classmethod
    def _words(cls, value: Any) -> Any:
        return as_text(value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _laid_out(self) -> Input:
        if self.format == "wide":
            if self.segment is None:
                raise ValueError("format wide needs `segment`: the column that names the segment.")
            by_row = self.coder is not None and self.variables is not None
            by_column = self.coders is not None and self.variable is not None
            if by_row == by_column:
                raise ValueError(
                    "format wide needs either `coder` and `variables` (one row a segment and coder) "
                    "or `coders` and `variable` (one column a coder)."
                )
        return self
