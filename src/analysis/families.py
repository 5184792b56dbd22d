"""What of a study a number rests on first: tables and settings, by the first part of its key."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["SETTINGS", "TABLES", "family_of", "settings_of", "tables_of"]

SETTINGS: dict[str, tuple[str, ...]] = {  # what of study.yml decides a number of this family
    "agreement": ("agreement", "segmentation", "variables", "seed"),
    "claims": ("simulated",),
    "codes": ("themes.counted", "themes.ties"),
    "differences": ("agreement.unit", "agreement.where", "segmentation", "variables"),
    "double_coded": ("double_coding",),
    "framework": ("method", "themes.counted"),
    "new_codes": ("saturation", "themes.counted", "seed"),
    "themes": ("themes.counted", "themes.ties"),
    "values": ("themes.counted", "themes.ties", "variables"),
}
RATED = ("codings", "assignments", "segments")
OF_FAMILY: dict[str, tuple[str, ...]] = {
    "agreement": RATED,
    "cases": ("cases",),
    "coders": ("codings", "coders"),
    "codes": ("codings", "codes"),
    "cooccurrence": ("codings", "segments"),
    "differences": RATED,
    "documents": ("documents",),
    "double_coded": RATED,
    "framework": ("codings", "charting", "codes", "cases", "asked"),
    "groups": ("cases",),
    "new_codes": ("codings", "codes", "cases"),
    "ratings": RATED,
    "segments": ("segments",),
    "themes": ("codings", "codes", "cases", "asked"),
    "values": ("codings", "cases"),
}
TABLES = (
    "asked", "assignments", "audit", "cases", "charting", "coders", "codes", "codings", "documents",
    "recodes", "segments", "turns",
)  # fmt: skip


def family_of(name: str) -> str:
    """Return the family of a result, or of a table or figure that holds such results.

    Examples
    --------
    >>> family_of("cases.group.patient"), family_of("figures/themes.csv"), family_of("framework_matrix.csv")
    ('cases', 'themes', 'framework')
    """
    first = name.rpartition("/")[2] if name.startswith("figures/") else name
    first = first.partition(".")[0]
    return first if first in OF_FAMILY else first.partition("_")[0]


def tables_of(families: Iterable[str]) -> set[str]:
    """Return the tables of source/ that numbers of some families rest on first."""
    return {table for family in families for table in OF_FAMILY.get(family, ())}


def settings_of(families: Iterable[str]) -> set[str]:
    """Return the settings that numbers of some families rest on first, by dotted name."""
    return {name for family in families for name in SETTINGS.get(family, ())}
