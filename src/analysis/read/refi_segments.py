"""The distinct places that the codings of a REFI-QDA project stand at, as a table of segments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from ..schemas import ROW
from .draft import of_file
from .refi_codings import words
from .refi_documents import Documents
from .ruler import Ruler

__all__ = ["segments_of"]

PLACE = ["document", "start", "end"]


def segments_of(
    rows: pd.DataFrame, documents: Documents, rulers: Mapping[str, Ruler], file: str
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Return the distinct places of codings, in the order they are met.

    Parameters
    ----------
    rows : DataFrame
        Codings: document, start, end and line as numbers.

    Returns
    -------
    segments : DataFrame
    document : array, shape (segments,)
        Number of each segment's document.
    number : array, shape (codings,)
        Number of each coding's segment.
    """
    number = rows.groupby(PLACE, sort=False).ngroup().to_numpy()
    first = np.diff(np.maximum.accumulate(number), prepend=-1) > 0
    places = rows.loc[first, [*PLACE, "line"]].reset_index(drop=True)
    document, start, end = (places[column].to_numpy() for column in PLACE)
    ids = words([documents.ids[guid] for guid in documents.keys] or [None]).take(document)
    spans = places[["start", "end"]].astype("Int64")
    frame = pd.DataFrame(
        {
            "segment_id": _names(ids, start, end),
            "document_id": ids,
            "start": spans["start"].mask(start < 0),
            "end": spans["end"].mask(start < 0),
            "text": _excerpts(document, start, end, documents, rulers),
            ROW: places["line"],
        }
    )
    return of_file(frame, file), document, number


def _names(ids: Any, start: np.ndarray, end: np.ndarray) -> pd.Series:
    """Return document:start-end, or the document alone where the whole of it is coded."""
    first, after = (pd.Series(pd.StringDtype().__from_arrow__(_written(each))) for each in (start, end))
    whole = pd.Series(ids)
    return (whole + ":" + first + "-" + after).where(start >= 0, whole)


def _written(numbers: np.ndarray) -> pa.Array:
    return pa.array(numbers).cast(pa.large_string())


def _excerpts(
    document: np.ndarray,
    start: np.ndarray,
    end: np.ndarray,
    documents: Documents,
    rulers: Mapping[str, Ruler],
) -> Any:
    texts = [rulers[guid].text if guid in rulers else None for guid in documents.keys]
    cells = zip(document.tolist(), start.tolist(), end.tolist(), strict=True)
    return words([text[s:e] if s >= 0 and (text := texts[d]) is not None else None for d, s, e in cells])
