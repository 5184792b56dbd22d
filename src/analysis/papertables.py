"""A table as a journal prints it, and the files that it is left in: HTML, LaTeX, Word and a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from .printable import printable
from .tables import decimals

__all__ = ["Column", "PaperTable", "table_files"]

NARROWEST = 6  # characters
RUNNING = 40  # a column of longer cells is running text and wraps


@dataclass(frozen=True)
class Column:
    """How a column stands in print.

    Parameters
    ----------
    heading : str
    above : str
        Heading that it shares with its neighbours, empty where it stands alone.
    number : bool
        Whether it holds numbers: set right; missing is a dash and not nothing.
    places : int
        Decimals of fractional numbers.
    """

    heading: str
    above: str = ""
    number: bool = False
    places: int = 2

    def text(self, value: Any) -> str:
        """Return a cell as it is printed."""
        if not self.number and (value is None or pd.isna(value)):
            return ""
        return " ".join(decimals(value, self.places).split()) if self.number else printable(str(value))


@dataclass(frozen=True)
class PaperTable:
    """One table as a journal prints it.

    Parameters
    ----------
    id : str
        T1 to T6; T5-1, T5-2 and so on where there are several.
    caption : str
    frame : DataFrame
        One row a line; names, whole numbers and fractions as they are, and the mark of a hidden count.
    columns : dict of Column
        Column of the frame -> how it stands in print, in order.
    notes : tuple of str
        What a count counts, by which rule, and what is hidden.
    banner : str
        What must stand on the table itself: that data are simulated.
    """

    id: str
    caption: str
    frame: pd.DataFrame
    columns: dict[str, Column]
    notes: tuple[str, ...] = ()
    banner: str = ""

    @property
    def number(self) -> str:
        """The number that the table bears, such as 2 or 5-1."""
        return self.id.removeprefix("T")

    @property
    def headed(self) -> bool:
        """Whether some columns share a heading."""
        return any(column.above for column in self.columns.values())

    def running(self, name: str) -> bool:
        """Return whether a column holds running text, which wraps."""
        return not self.columns[name].number and max(map(len, self.cells(name)), default=0) > RUNNING

    def cells(self, name: str) -> list[str]:
        """Return a column's cells as they are printed."""
        return [self.columns[name].text(value) for value in self.frame[name]]

    def lines(self) -> Iterator[tuple[str, ...]]:
        """Yield the table's rows as they are printed."""
        return zip(*(self.cells(name) for name in self.columns), strict=True)

    def spans(self) -> list[tuple[str, int]]:
        """Return the upper headings with how many columns each covers, empty ones too."""
        found: list[tuple[str, int]] = []
        for column in self.columns.values():
            if column.above and found and found[-1][0] == column.above:
                found[-1] = column.above, found[-1][1] + 1
            else:
                found.append((column.above, 1))
        return found

    def widths(self, whole: float = 100) -> list[float]:
        """Return the share of the line that each column should take, by its longest word and its text."""
        wanted = []
        for name, column in self.columns.items():
            cells = [column.heading, *self.cells(name)]
            word = max((len(word) for cell in cells for word in cell.split()), default=1)
            longest = max(len(cell) for cell in cells)
            most = 12 if column.number else min(46, 12 + longest / 6)
            wanted.append(max(word + 1, min(longest, most), NARROWEST))
        return [whole * each / sum(wanted) for each in wanted]


def table_files(tables: Sequence[PaperTable], title: str) -> Iterator[tuple[str, str | bytes]]:
    """Yield name and content of every file that tables are left in.

    Each table is a page, a LaTeX source and a Word document of its own below ``tables/``; ``tables.xlsx``
    holds a sheet for each. The same tables give the same bytes.
    """
    from . import tablebook, tablehtml, tableword

    for table in tables:
        yield f"tables/{table.id}.html", tablehtml.as_page(table)
        yield f"tables/{table.id}.tex", tablehtml.as_latex(table)
        yield f"tables/{table.id}.docx", tableword.as_docx([table], f"{title}: {table.caption}")
    if tables:
        yield "tables.xlsx", tablebook.as_workbook(tables, title)
