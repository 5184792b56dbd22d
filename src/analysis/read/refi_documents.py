"""Which sources of a REFI-QDA project are documents, and their table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..schemas import ROW
from .coded import text_hash
from .ids import clean_name, unique_ids
from .refi_rows import NOWHERE, ProjectXml
from .ruler import Ruler

__all__ = ["Documents", "documents_of"]


@dataclass(frozen=True)
class Documents:
    """The documents of a project.

    Parameters
    ----------
    ids : dict
        Source GUID -> document id; a transcript of a source is that source.
    keys : list of str
        GUIDs of sources that are documents, each once; a document's number is its place here.
    of_source : array of int64
        Running number of a source in the XML -> number of the document; NOWHERE where it is none, as for
        the last, which stands for no source at all.
    """

    ids: dict[str, str]
    keys: list[str]
    of_source: np.ndarray

    def table(self, xml: ProjectXml, rulers: Mapping[str, Ruler], cases: Mapping[str, str]) -> pd.DataFrame:
        """Return the documents with the texts that are there."""
        rows = []
        for guid in self.keys:
            row = xml.sources[guid]
            text = rulers[guid].text if guid in rulers else None
            digest = None if text is None else text_hash(text)
            name = clean_name(row.name) or self.ids[guid]
            rows.append((self.ids[guid], cases.get(guid), name, text, digest, row.line))
        words = ["document_id", "case_id", "name", "text", "sha256"]
        return pd.DataFrame(rows, columns=[*words, ROW]).astype(dict.fromkeys(words, "string"))


def documents_of(xml: ProjectXml) -> Documents:
    """Return the documents of a project."""
    by_path = {row.path: guid for guid, row in xml.sources.items() if row.kind == "TextSource" and row.path}
    same: dict[str, str] = {}
    names: dict[str, list[str]] = {}
    for guid, row in xml.sources.items():
        if row.kind == "Transcript" and row.path in by_path:
            same[guid] = by_path[row.path]
        elif row.kind in ("TextSource", "Transcript", "PDFSource"):
            names[guid] = [row.name]
    if same:
        xml.held["transcripts that are a text source too"] = len(same)
    ids = unique_ids(names, "document")
    ids |= {guid: ids[source] for guid, source in same.items()}
    keys = list(dict.fromkeys(same.get(guid, guid) for guid in ids))
    place = {guid: number for number, guid in enumerate(keys)}
    numbers = [place.get(same.get(guid, guid), NOWHERE) for guid in xml.guids["source"]]
    return Documents(ids, keys, np.array([*numbers, NOWHERE], dtype=np.int64))
