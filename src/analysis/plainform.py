"""Tables and numbers in the one plain form that Concord writes, and read back from it."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path
from typing import Any

import pandas as pd

__all__ = ["csv_text", "dump_json", "plain", "read_csv"]

NAMES = (
    "variable", "measure", "unit", "aggregation", "code_id", "value", "pair", "group", "case_id",
    "document_id", "segment_id", "stage", "note", "name", "parent_id", "label", "summary", "author",
    "segment_ids", "gap", "given", "influence", "influence_on", "domain", "code_a", "code_b", "within",
    "codes", "guide_version", "orders", "status", "at", "why", "by", "quote", "who", "side", "rollup",
    "counted", "applied", "old_code", "new_code", "action", "version",
)  # fmt: skip
COUNTS = ("round", "n", "ties", "level", "block", "documents", "units", "lines", "codings")


def dump_json(data: Any) -> str:
    """Return JSON in the one form that Concord writes: sorted keys, two spaces, a final newline."""
    return json.dumps(data, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def csv_text(frame: pd.DataFrame) -> str:
    """Return a table as CSV: numbers with ten digits, undefined as nothing."""
    text = frame.to_csv(index=False, lineterminator="\n", float_format="%.10g")
    if "\r" not in text:
        return text
    # a lone carriage return is left unquoted, and ends a row where the table is read again
    return frame.to_csv(index=False, lineterminator="\n", float_format="%.10g", quoting=csv.QUOTE_ALL)


def read_csv(source: Path | io.StringIO) -> pd.DataFrame:
    """Return a table as `csv_text` wrote it: names as text, counts as whole numbers, the rest as floats."""
    names = dict.fromkeys(NAMES, "string")
    frame = pd.read_csv(source, keep_default_na=False, na_values=[""], dtype=names)
    numbers = frame.columns[[pd.api.types.is_numeric_dtype(kind) for kind in frame.dtypes]]
    whole = [name for name in numbers if name in COUNTS or name.startswith("n_")]
    return frame.astype({name: "Int64" if name in whole else "float64" for name in numbers})


def plain(value: Any) -> Any:
    """Return a number as JSON holds it: 12 significant digits, undefined as null."""
    if value is None or value is pd.NA:
        return None
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float):
        return float(f"{value:.12g}") if math.isfinite(value) else None
    return value
