"""A small team's coding whose spans, codes and coders are known, to be written as each tool writes it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import openpyxl
import pytest

from analysis.inputs import Input
from analysis.read.draft import Draft
from analysis.study import Study

WORDS = [
    *("waiting", "café", "naïve", "cafe\u0301", "nai\u0308ve", "queue", "letter", "😀", "👩‍👩‍👧", "money"),
    *("שלום", "تعليم", "待機", "n\u0303andu\u0301", "trust", "𝒳ray", "ward", "nurse", "Straße", "über"),
]
CODES = ["Waiting", "Trust & hope", "Kosten", "Éducation"]
CODERS = ["Ada", "Ben"]

STUDY = Study.model_validate(
    {
        "study": "s",
        "title": "s",
        "method": "codebook",
        "segmentation": "own",
        "inputs": [{"file": "s"}],
        "disclosure": {"policy": "text_free"},
    }
)
"""Any study whose coders drew their own segments."""


class Span(NamedTuple):
    """One coding: positions in code points, end exclusive."""

    document: str
    start: int
    end: int
    code: str
    coder: str


@dataclass(frozen=True)
class Truth:
    """Texts by name, and who coded what in them."""

    texts: dict[str, str]
    spans: tuple[Span, ...]

    def words(self, span: Span) -> str:
        return self.texts[span.document][span.start : span.end]

    def by(self, coder: str) -> list[Span]:
        return [span for span in self.spans if span.coder == coder]


def team(line_end: str = "\n", seed: int = 7, lines: int = 40) -> Truth:
    """Return two transcripts that two coders coded; every line can be told from the others."""
    random = np.random.default_rng(seed)
    texts: dict[str, str] = {}
    spans: list[Span] = []
    for name in ("Interview 1", "Entrevista ñ"):
        text = ""
        for line in range(lines):
            words = [f"{name[0]}{line}", *random.choice(WORDS, size=8).tolist(), "end."]
            starts = np.cumsum([0, *(len(word) + 1 for word in words)]) + len(text)
            for coder in CODERS:
                if random.random() < 0.7:
                    last = int(random.integers(2, 9))
                    end = int(starts[last]) + len(words[last])
                    code = CODES[int(random.integers(len(CODES)))]
                    spans.append(Span(name, int(starts[0]), end, code, coder))
            text += " ".join(words) + line_end
        texts[name] = text
    return Truth(texts, tuple(spans))


def coders_of(draft: Draft) -> list[list[str]]:
    """Return who coded each segment, in the order in which segments are first coded."""
    return draft.tables["codings"].groupby("segment_id", sort=False)["coder_id"].apply(sorted).tolist()


@pytest.fixture
def truth() -> Truth:
    return team()


@pytest.fixture
def make_team() -> Callable[..., Truth]:
    return team


@pytest.fixture
def given() -> Callable[..., Input]:
    """Return a maker of study.yml lines for independent codings."""

    def make(path: Path | str, **more: object) -> Input:
        return Input.model_validate({"file": Path(path).name, "stage": "independent", **more})

    return make


@pytest.fixture
def spans_of() -> Callable[[Draft], set[Span]]:
    """Return what reads a draft's codings back as spans."""

    def read(draft: Draft) -> set[Span]:
        documents = draft.tables["documents"].set_index("document_id")["name"]
        segments = draft.tables["segments"].set_index("segment_id")
        codes = draft.tables["codes"].set_index("code_id")["name"]
        found = set()
        for row in draft.tables["codings"].itertuples(index=False):
            segment = segments.loc[row.segment_id]
            place = (int(segment["start"]), int(segment["end"]))
            found.add(Span(documents[segment["document_id"]], *place, codes[row.value], row.coder_id))
        return found

    return read


@pytest.fixture
def database(tmp_path: Path) -> Callable[..., Path]:
    """Return a maker of SQLite files from statements and rows."""

    def make(name: str, schema: str, rows: dict[str, Iterable[tuple]]) -> Path:
        path = tmp_path / name
        path.unlink(missing_ok=True)
        connection = sqlite3.connect(path)
        connection.executescript(schema)
        for table, values in rows.items():
            for value in values:
                marks = ",".join("?" * len(value))
                connection.execute(f"insert into {table} values ({marks})", value)
        connection.commit()
        connection.close()
        return path

    return make


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Return a maker of xlsx files with one sheet."""

    def make(name: str, rows: Iterable[Iterable[object]], sheet: str = "Sheet1") -> Path:
        book = openpyxl.Workbook(write_only=True)
        page = book.create_sheet(sheet)
        for row in rows:
            page.append(list(row))
        path = tmp_path / name
        book.save(path)
        return path

    return make


@pytest.fixture
def sample(shared: Path) -> Callable[[str], Path]:
    """Return what finds a sample file, or skips where it is not there."""

    def find(name: str) -> Path:
        path = shared / "samples" / name
        if not path.is_file():
            pytest.skip(f"sample {name} is not there")
        return path

    return find
