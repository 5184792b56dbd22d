"""WebAnno TSV 3: what one file says: sentences, tokens, layers of spans, and the text they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..errors import DataError, Problem
from .contents import whole_number
from .positions import Selection, prove
from .ruler import TextUnit
from .textfile import decode

__all__ = ["FORMAT", "NONE", "NO_VALUE", "Layer", "Sentence", "Tsv", "marks_at", "parsed", "unescaped"]

FORMAT = "#FORMAT=WebAnno TSV 3"
NONE, NO_VALUE = "_", "*"
ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
ANNOTATION = re.compile(r"^(?P<value>.*?)(?<!\\)\[(?P<id>\d+)\]$", re.DOTALL)
PART = re.compile(r"((?:\\.|[^\\|])*)(?:\||$)", re.DOTALL)
LONGEST_GAP = 10_000  # blanks between two sentences; a larger claim is a wrong offset


@dataclass(frozen=True)
class Layer:
    """A layer of spans: its short name, its features, and the columns that they stand in."""

    name: str
    features: tuple[str, ...]
    first: int

    @property
    def columns(self) -> range:
        """A layer without features has one column."""
        return range(self.first, self.first + max(1, len(self.features)))


@dataclass
class Sentence:
    """The words of a sentence and its tokens: row, id, begin, end, token, cells."""

    text: str
    tokens: list[tuple[int, str, int, int, str, list[str]]] = field(default_factory=list)


@dataclass(frozen=True)
class Tsv:
    """One file: its version, its layers of spans, how many others it has, its sentences and its text."""

    version: str
    layers: list[Layer]
    others: int
    sentences: list[Sentence]
    text: str

    @property
    def tokens(self) -> int:
        """How many tokens there are; parts of tokens are none."""
        return sum("." not in token[1] for sentence in self.sentences for token in sentence.tokens)

    def places(self, document: str) -> list[Selection]:
        """Return the place and the words of every token: what positions are proved by."""
        return _places(self.sentences, document)


def parsed(content: bytes, name: str, encoding: str | None = None) -> Tsv:
    """Return what a TSV 3 file says.

    Raises
    ------
    DataError
        If the file is no TSV 3, or its tokens lie outside its sentences.
    """
    text, _ = decode(content, name, encoding)
    if not text.lstrip().startswith(FORMAT):
        raise DataError(Problem("does not begin with `#FORMAT=WebAnno TSV 3`.", file=name, line=1))
    version = text.lstrip().split("\n", 1)[0].strip().removeprefix("#FORMAT=WebAnno TSV ")
    lines = text.replace("\r\n", "\n").split("\n")
    layers, others, width = _layers(lines)
    sentences = list(_sentences(lines, width, name))
    return Tsv(version, layers, others, sentences, _text(sentences, name))


def _layers(lines: list[str]) -> tuple[list[Layer], int, int]:
    """Return the layers of spans, how many are of another kind, and how many columns the header declares."""
    layers: list[Layer] = []
    others, column = 0, 3
    for line in lines:
        kind = line[:5]
        if kind not in ("#T_SP", "#T_CH", "#T_RL"):
            continue
        name, *features = line.partition("=")[2].split("|")
        short = name.rsplit(".", 1)[-1]
        if kind == "#T_SP":
            layers.append(Layer(short, tuple(features), column))
        else:
            others += 1
        column += max(1, len(features))
    return layers, others, column


def _sentences(lines: list[str], width: int, name: str) -> Iterator[Sentence]:
    here: Sentence | None = None
    for number, line in enumerate(lines, start=1):
        if line.startswith("#Text="):
            part = unescaped(line.removeprefix("#Text="))
            if here is not None and not here.tokens:  # a sentence over several lines
                here.text += "\n" + part
                continue
            if here is not None:
                yield here
            here = Sentence(part)
        elif line and not line.startswith("#"):
            if here is None:
                raise DataError(Problem("a token stands before any #Text.", file=name, line=number))
            here.tokens.append(_token(line, number, width, name))
    if here is not None:
        yield here


def _token(line: str, number: int, width: int, name: str) -> tuple[int, str, int, int, str, list[str]]:
    cells = line.split("\t")
    place = cells[1].split("-") if len(cells) > 2 else []
    begin, end = (whole_number(side) for side in place) if len(place) == 2 else (None, None)
    if begin is None or end is None or not cells[0][:1].isdigit():
        what = "is no token: sentence-token, begin-end, token and a cell a feature, separated by tabs."
        raise DataError(Problem(what, file=name, line=number))
    cells += [NONE] * (width - len(cells))
    return number, cells[0], begin, end, unescaped(cells[2]), cells


def _text(sentences: list[Sentence], name: str) -> str:
    """Return the document's text: sentences at their offsets, in the unit in which they fit.

    What stood between two sentences is not in the file: a line end, and blanks where there was more.
    """
    counted: dict[TextUnit, float] = {}
    texts: dict[TextUnit, str] = {}
    units: tuple[TextUnit, ...] = ("utf-16", "code point")
    for unit in units:
        text = _joined(sentences, unit)
        if text is not None:
            proof = prove({"d": text}, _places(sentences))
            texts[unit], counted[unit] = text, proof.score if proof.unit in (unit, "code point") else 0.0
    if not texts:
        raise DataError(Problem("its tokens lie outside its sentences: offsets and text differ.", file=name))
    return texts[max(counted, key=lambda unit: counted[unit])]


def _places(sentences: list[Sentence], document: str = "d") -> list[Selection]:
    return [
        Selection(document, begin, end, word) for s in sentences for _, _, begin, end, word, _ in s.tokens
    ]


def _joined(sentences: list[Sentence], unit: TextUnit) -> str | None:
    parts: list[str] = []
    length = 0
    for sentence in sentences:
        if not sentence.tokens:
            continue
        _, _, begin, _, token, _ = sentence.tokens[0]
        before = max(sentence.text.find(token), 0)
        gap = begin - _length(sentence.text[:before], unit) - length
        if not 0 <= gap <= LONGEST_GAP:
            return None
        parts += ["\n" * min(gap, 1) + " " * (gap - 1), sentence.text]
        length += gap + _length(sentence.text, unit)
    return "".join(parts)


def _length(text: str, unit: TextUnit) -> int:
    return len(text) if unit == "code point" else len(text.encode("utf-16-le", "surrogatepass")) // 2


def marks_at(layer: Layer, token: str, cells: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield key and values of each annotation at a token; parts with the same number are one span."""
    stacks = [_split(cells[column]) for column in layer.columns]
    for depth in range(max(map(len, stacks))):
        parts = [stack[depth] if depth < len(stack) else NONE for stack in stacks]
        if all(part in (NONE, "") for part in parts):
            continue
        matches = [ANNOTATION.match(part) for part in parts]
        number = next((match["id"] for match in matches if match), None)
        values = [match["value"] if match else part for match, part in zip(matches, parts, strict=True)]
        yield f"[{number}]" if number else f"{token}/{depth}", values


def _split(cell: str) -> list[str]:
    """Split stacked annotations at bars that are not escaped."""
    return PART.findall(cell)[:-1] or [cell]


def unescaped(text: str) -> str:
    """Return a cell without its backslashes."""
    return re.sub(r"\\(.)", lambda match: ESCAPES.get(match[1], match[1]), text, flags=re.DOTALL)
