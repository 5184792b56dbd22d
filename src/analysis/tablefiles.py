"""The stock tables of a study, taken from a report's material and left beside the report."""

from __future__ import annotations

from .identifiers import names_of
from .matrixsheets import sheets
from .papertables import table_files
from .quotes import quotes_table
from .report import Material
from .stocktables import StockTables, stock_tables
from .tables import Shown, show_table

__all__ = ["publish_tables", "tables_of"]


def tables_of(material: Material) -> StockTables:
    """Return T1 to T6 of a study, and why some are not there."""
    m, study, corpus = material, material.study, material.corpus
    names = names_of(m.step.workspace, study)
    unframed, unrated = m.applies("04_framework"), m.applies("02_agreement")
    return stock_tables(
        corpus,
        study,
        m.counted,
        m.public,
        quotes_table(corpus, study, m.counted, names),
        sheets(m.matrix, corpus, study) if unframed is None else unframed,
        m.agreement if unrated is None else unrated,
    )


def publish_tables(material: Material) -> Shown:
    """Leave every stock table in reports/<study>/tables and in tables.xlsx; return what was left."""
    found = tables_of(material)
    for name, content in table_files(found.tables, material.study.title):
        material.step.publish(name, content)
    return show_table(found.listed(), "Tables: .html, .tex and .docx each, and tables.xlsx with all of them")
