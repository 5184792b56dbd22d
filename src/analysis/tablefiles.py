"""The stock tables of a study, left beside the report as files of every kind."""

from __future__ import annotations

from .papertables import table_files
from .report import Material
from .tables import Shown, show_table

__all__ = ["publish_tables"]


def publish_tables(material: Material) -> Shown:
    """Leave every stock table in reports/<study>/tables and in tables.xlsx; return what was left."""
    material.step.publish_all(dict(table_files(material.tables.tables, material.study.title)))
    listed = material.tables.listed()
    return show_table(listed, "Tables: .html, .tex and .docx each, and tables.xlsx with all of them")
