"""The command about a plain file: agreement."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = ["register"]

SHOWN = ("measure", "level", "pair", "value", "estimate", "low", "high", "n_units", "n_coders")


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command()(agreement)


def agreement(
    file: Annotated[Path, typer.Argument(help="A CSV file: a row a unit, a column a coder.")],
    level: Annotated[
        str, typer.Option(help="nominal, ordinal, interval, ratio, circular, bipolar")
    ] = "nominal",
    measure: Annotated[list[str] | None, typer.Option(help="Name of a measure; may be repeated.")] = None,
    by: Annotated[
        str | None, typer.Option(help="Also by code (each value against the rest) or pair.")
    ] = None,
    cluster: Annotated[str | None, typer.Option(help="Column of the participant of each unit.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print records alone, at full precision.")] = False,
) -> None:
    """Coefficients with intervals for a plain file of ratings."""
    from ..agreement.plainfile import agreement_of_file

    table = agreement_of_file(file, level=level, measures=measure or [], by=by, cluster=cluster)
    records = [{str(name): _plain(value) for name, value in row.items()} for row in table.to_dict("records")]
    if as_json:
        typer.echo(json.dumps(records, ensure_ascii=False, indent=2, allow_nan=False))
        return
    columns = [name for name in SHOWN if any(record[name] is not None for record in records)]
    _print_table([[_shown(record[name]) for name in columns] for record in records], columns)
    for text in dict.fromkeys(record["note"] for record in records if record["note"]):
        names = [record["measure"] for record in records if record["note"] == text]
        which = "all" if len(names) == len(records) else ", ".join(dict.fromkeys(names))
        typer.echo(f"note ({which}): {text}")


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value if value != "" else None


def _shown(value: Any) -> str:
    return "-" if value is None else f"{value:.4f}" if isinstance(value, float) else str(value)


def _print_table(rows: list[list[str]], columns: list[str]) -> None:
    widths = [max(map(len, cells)) for cells in zip(columns, *rows, strict=True)]
    for row in [columns, *rows]:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
