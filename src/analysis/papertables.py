"""Stock tables of a paper, as LaTeX and as real tables in a Word document.

T1 definitions and quotes, T2 groups, T3 coding tree, T4 barriers and facilitators, T5 framework matrix, T6
agreement by code.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from .corpus import Corpus
from .counting import Counted
from .disclosure import HIDDEN, public_corpus
from .study import Study
from .tables import decimals

__all__ = ["PaperTable", "as_docx", "as_latex", "paper_tables"]

WHEN = datetime(2000, 1, 1)  # the same tables twice are the same bytes
ESCAPES = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{",
    "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


@dataclass(frozen=True)
class PaperTable:
    """One table as a journal prints it.

    Parameters
    ----------
    id : str
        T1 to T6.
    caption : str
    frame : DataFrame
        Columns under their headings; text and whole numbers, missing where nothing is to be said.
    note : str
        What a count counts, and by which rule.
    """

    id: str
    caption: str
    frame: pd.DataFrame
    note: str


def paper_tables(
    corpus: Corpus,
    study: Study,
    counted: Counted | None,
    themes: pd.DataFrame,
    quotes: pd.DataFrame,
    matrix: dict[str, pd.DataFrame] | None = None,
    agreement: pd.DataFrame | None = None,
) -> list[PaperTable]:
    """Return the tables that a study has the data for, in their order.

    Parameters
    ----------
    corpus, study, counted :
        As elsewhere; None has no codes and so no T1 to T4.
    themes : DataFrame
        Lines of themes.csv as they may be published.
    quotes : DataFrame
        Rows of quotes.csv.
    matrix : dict of DataFrame, optional
        Theme -> sheet of the framework matrix.
    agreement : DataFrame, optional
        ``name``, ``estimate``, ``low``, ``high``, ``n_units``, ``n_positive`` by code.
    """
    found: list[PaperTable] = []
    if counted is not None:
        codes = public_corpus(corpus, study).codes
        mine = themes[themes["rollup"] == "descendants"]
        said = f"Participants contributing, subcodes included; counted {counted.said}."
        found = [_definitions(codes, quotes), _groups(mine, said), _tree(mine, said)]
        found.append(_influence(mine, quotes, said))
    for theme, sheet in (matrix or {}).items():
        frame = sheet.drop(columns="group")
        found.append(
            PaperTable("T5", f"Framework matrix: {theme}", frame, "Summaries were written by people.")
        )
    if agreement is not None and len(agreement):
        columns = {"name": "Code", "estimate": "Estimate", "low": "Low", "high": "High", "n_units": "Units"}
        columns |= {"n_positive": "Times applied"}
        frame = agreement[list(columns)].rename(columns=columns)
        found.append(PaperTable("T6", "Agreement by code", frame, "Undefined is a dash."))
    mark = " Simulated data." if study.simulated else ""
    return [PaperTable(t.id, t.caption, t.frame, t.note + mark) for t in found if len(t.frame)]


def as_latex(table: PaperTable) -> str:
    """Return a table as LaTeX (package booktabs), every special character escaped.

    Examples
    --------
    >>> print(as_latex(PaperTable("T2", "A & B", pd.DataFrame({"Code": ["50 %"], "n": [3]}), "n: people.")))
    \\begin{table}
    \\caption{A \\& B}
    \\begin{tabular}{lr}
    \\toprule
    Code & n \\\\
    \\midrule
    50 \\% & 3 \\\\
    \\bottomrule
    \\end{tabular}
    <BLANKLINE>
    {\\footnotesize n: people.}
    \\end{table}
    <BLANKLINE>
    """
    frame = table.frame
    numeric = [pd.api.types.is_numeric_dtype(kind) for kind in frame.dtypes]
    wide = [not n and frame[c].astype(str).str.len().max() > 40 for c, n in zip(frame, numeric, strict=True)]
    kinds = ["r" if n else "p{0.3\\linewidth}" if w else "l" for n, w in zip(numeric, wide, strict=True)]
    rows = [[_latex(_text(value)) for value in row] for row in frame.itertuples(index=False)]
    lines = [
        r"\begin{table}",
        rf"\caption{{{_latex(table.caption)}}}",
        rf"\begin{{tabular}}{{{''.join(kinds)}}}",
    ]
    lines += [r"\toprule", " & ".join(_latex(str(name)) for name in frame.columns) + r" \\", r"\midrule"]
    lines += [" & ".join(row) + r" \\" for row in rows]
    lines += [
        r"\bottomrule",
        r"\end{tabular}",
        "",
        rf"{{\footnotesize {_latex(table.note)}}}",
        r"\end{table}",
        "",
    ]
    return "\n".join(lines)


def as_docx(tables: list[PaperTable], title: str) -> bytes:
    """Return tables as a Word document with captions and header rows that repeat; the same bytes twice."""
    import docx
    from docx.oxml import OxmlElement

    document = docx.Document()
    facts = document.core_properties
    facts.title, facts.author, facts.comments = title, "", ""
    facts.created = facts.modified = WHEN
    for place, table in enumerate(tables, start=1):
        caption = document.add_paragraph(f"Table {place}. {table.caption}", style="Caption")
        caption.paragraph_format.keep_with_next = True
        grid = document.add_table(rows=1, cols=len(table.frame.columns), style="Table Grid")
        for cell, name in zip(grid.rows[0].cells, table.frame.columns, strict=True):
            cell.text = str(name)
        grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for line in table.frame.itertuples(index=False):
            for cell, value in zip(grid.add_row().cells, line, strict=True):
                cell.text = _text(value)
        document.add_paragraph(table.note)
    buffer = io.BytesIO()
    document.save(buffer)
    return _undated(buffer.getvalue())


def _definitions(codes: pd.DataFrame, quotes: pd.DataFrame) -> PaperTable:
    said = [f"“{row.quote}” ({row.who}, {row.segment_id})" for row in quotes.itertuples(index=False)]
    by_code = quotes.assign(said=said).groupby("code_id")["said"].agg(" ".join)
    frame = pd.DataFrame({"Code": codes["name"], "Definition": codes["definition"]})
    frame["Quotes"] = codes["code_id"].map(by_code)
    return PaperTable("T1", "Codes, definitions and quotes", frame, "Quotes: group and number, segment id.")


def _groups(themes: pd.DataFrame, note: str) -> PaperTable:
    groups = list(dict.fromkeys(themes["group"]))
    groups = [*[g for g in groups if g != "all"], "all"] if len(groups) > 2 else ["all"]
    frame = themes.drop_duplicates("code_id")[["code_id", "name", "influence"]]
    table = pd.DataFrame({"Code": frame["name"].to_numpy()})
    if frame["influence"].notna().any():
        table["Influence"] = frame["influence"].to_numpy()
    for group in groups:
        part = themes[themes["group"] == group].set_index("code_id").loc[frame["code_id"]]
        name = "All" if group == "all" else str(group).replace("_", " ").capitalize()
        table[f"{name} (n = {part['n_group'].iloc[0]})"] = _counts(part["n_cases"])
    return PaperTable("T2", "Participants contributing to each code, by group", table, note)


def _tree(themes: pd.DataFrame, note: str) -> PaperTable:
    mine = themes[themes["group"] == "all"]
    level = mine["level"].astype(int)
    frame = pd.DataFrame(index=mine.index)
    for depth in range(1, int(level.max()) + 1 if len(level) else 1):
        frame[f"Level {depth}"] = mine["name"].where(level == depth, "")
    frame["Participants"] = _counts(mine["n_cases"])
    return PaperTable("T3", "Coding tree", frame, note)


def _influence(themes: pd.DataFrame, quotes: pd.DataFrame, note: str) -> PaperTable:
    mine = themes[(themes["group"] == "all") & themes["influence"].notna()]
    first = quotes[quotes["place"] == 1].set_index("code_id")
    frame = pd.DataFrame({"Influence": mine["influence"], "On": mine["influence_on"].str.replace("_", " ")})
    frame["Code"] = mine["name"]
    frame["Participants"] = _counts(mine["n_cases"])
    frame["Quote"] = mine["code_id"].map(first["quote"])
    frame["Who"] = mine["code_id"].map(first["who"])
    frame = frame.sort_values(["Influence", "On"], kind="stable")
    return PaperTable("T4", "What helps and what hinders", frame, note)


def _counts(counts: pd.Series) -> list[Any]:
    """Return whole numbers, or the mark of a hidden count."""
    return [HIDDEN if pd.isna(n) else int(n) for n in counts]


def _text(value: Any) -> str:
    return "" if value is pd.NA or value is None else decimals(value)


def _latex(text: str) -> str:
    return "".join(ESCAPES.get(char, char) for char in text).replace("\n", " ")


def _undated(content: bytes) -> bytes:
    """Return a zip file with every entry dated alike."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, WHEN.timetuple()[:6]), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
