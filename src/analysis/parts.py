"""A part of a file that people write: what it knows is declared, and what it does not know is refused."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

__all__ = ["Part", "as_text"]

TRUTHS = "write it in quotes: YAML reads yes, no, on, off, true and false without quotes as a truth value."


class Part(BaseModel):
    """A part of study.yml, or of a grid or cluster file; a key that it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def as_text(values: Any) -> Any:
    """Return a list of scalars as text; truth values are refused because YAML made them."""
    if not isinstance(values, list):
        return values
    if any(isinstance(value, bool) or value is None for value in values):
        raise ValueError(TRUTHS)
    return [str(value) for value in values]
