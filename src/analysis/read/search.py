"""The places of excerpts that came without positions, found by their words in the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

import pandas as pd

from ..schemas import FILE

__all__ = ["Haystack", "locate", "meet_by_name"]

EXCEL_CELL = 32_767  # characters; an excerpt as long may have been cut, so where it ends is not known
ENDING = re.compile(r"\.(docx?|txt|rtf|odt|pdf|html?|md)$")
SHORTEST = 3  # characters; a shorter excerpt may stand anywhere


class Haystack:
    """A text in which words are looked for, whatever its white space.

    Examples
    --------
    >>> Haystack("Well,\\r\\nwe  waited.").find("we waited")
    (7, 17)
    >>> Haystack("a bee, a bee").find("a bee") is None
    True
    """

    def __init__(self, text: str) -> None:
        letters: list[str] = []
        places: list[int] = []
        for place, character in enumerate(text):
            if not character.isspace():
                plain = unicodedata.normalize("NFD", character)
                letters.append(plain)
                places += [place] * len(plain)
        self.letters = "".join(letters)
        self.places = places
        self.text = text

    def find(self, words: str) -> tuple[int, int] | None:
        """Return the one place where `words` stand, white space aside; None if nowhere or more than once."""
        if len(words) >= EXCEL_CELL:
            return None
        needle = "".join(unicodedata.normalize("NFD", re.sub(r"\s", "", words)))
        if len(needle) < SHORTEST:
            return self._whole(words)
        first = self.letters.find(needle)
        if first < 0 or self.letters.find(needle, first + 1) >= 0:
            return None
        start, end = self.places[first], self.places[first + len(needle) - 1] + 1
        return start, self._with_marks(end)

    def _whole(self, words: str) -> tuple[int, int] | None:
        """Return the place of an excerpt so short that it must stand as a word of its own."""
        bare = words.strip()
        found = list(re.finditer(rf"(?<!\w){re.escape(bare)}(?!\w)", self.text)) if bare else []
        return found[0].span() if len(found) == 1 else None

    def _with_marks(self, end: int) -> int:
        while end < len(self.text) and unicodedata.combining(self.text[end]):
            end += 1
        return end


def locate(segments: pd.DataFrame, documents: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int], list[str]]:
    """Return segments with the places of excerpts that had none, in documents whose text is there.

    Parameters
    ----------
    segments : DataFrame
        Typed; excerpts in `text`.
    documents : DataFrame
        document_id, text.

    Returns
    -------
    segments : DataFrame
        With `start` and `end` filled where the excerpt stands in its document once; segments whose excerpt
        does not stand there, or stands there more than once, are left out.
    counts : dict of str to int
        ``found`` and ``refused``.
    refused : list of str
        Ids of the segments left out, so that their codings can be left out too.
    """
    texts = documents.dropna(subset=["text"]).drop_duplicates("document_id").set_index("document_id")["text"]
    asks = segments["start"].isna() & segments["text"].notna() & segments["document_id"].isin(texts.index)
    segments = segments.copy()
    found, refused = 0, []
    for document, rows in segments[asks].groupby("document_id", sort=True):
        haystack = Haystack(str(texts[document]))
        for index, words in rows["text"].items():
            place = haystack.find(str(words))
            if place is None:
                refused.append(index)
            else:
                segments.loc[index, ["start", "end"]] = place
                found += 1
    gone = segments.loc[refused, "segment_id"].tolist()
    kept = segments.drop(index=refused).reset_index(drop=True)
    return kept, {"found": found, "refused": len(refused)}, gone


def meet_by_name(tables: dict[str, pd.DataFrame], files: Collection[str]) -> None:
    """Make documents without text the one document with text of their name, in place.

    Ends of file names and case do not count: a table names `Interview 1`, the text is `interview 1.docx`.

    Parameters
    ----------
    tables : dict of DataFrame
        Typed tables with the private columns.
    files : collection of str
        Exports; what people wrote in tables of their own is left as it is.
    """
    documents = tables["documents"]
    there = documents["text"].notna()
    named: dict[str, list[str]] = {}
    for name in documents.loc[there, "document_id"]:
        named.setdefault(_stem(name), []).append(name)
    bare = documents.loc[~there & documents[FILE].isin(list(files)), "document_id"]
    homes = {name: named[_stem(name)][0] for name in bare if len(named.get(_stem(name), [])) == 1}
    if not homes or "segments" not in tables:
        return
    tables["segments"]["document_id"] = tables["segments"]["document_id"].replace(homes)
    gone = documents["document_id"].isin(list(homes))
    cases = (
        documents[gone].assign(home=documents["document_id"].map(homes)).groupby("home")["case_id"].first()
    )
    told = documents["document_id"].map(cases).astype("string")
    tables["documents"] = documents.assign(case_id=documents["case_id"].fillna(told))[~gone].reset_index(
        drop=True
    )


def _stem(name: str) -> str:
    return ENDING.sub("", " ".join(name.split()).casefold())
