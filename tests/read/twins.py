"""REFI-QDA projects made up in the conventions of each tool, with what a reader must find in them."""

from __future__ import annotations

import random
import re
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import quoteattr

NAMESPACE = "urn:QDA-XML:project:1.0"
LINES = [
    "Interviewer: Would you tell me how all of it began?",
    "We waited 😀 for months, and nobody rang us back.",
    "The cafe\u0301 was nai\u0308ve about it; 👩‍👩‍👧 came along, too.",
    "שלום, היא אמרה, ואז הלכנו הביתה.",
    "It cost 𝒳 pounds more than we could ever find, so I gave up.",
    "Then she wrote to them again 🇬🇧 and they answered within a week.",
]
CODERS = ("Ada Okafor", "Ben Łuczak")
CODES = ("waiting", "cost", "contact", "home")


@dataclass
class Truth:
    """Documents without byte-order mark, and every coding in code points of them."""

    texts: dict[str, str]
    codings: set[tuple[str, int, int, str, str]] = field(default_factory=set)

    def spans(self, document: str) -> list[tuple[int, int, str, str]]:
        return sorted((s, e, coder, code) for d, s, e, coder, code in self.codings if d == document)


def truth(seed: int = 1, newline: str = "\r\n", documents: int = 3, lines: int = 40, each: int = 60) -> Truth:
    """Return documents with emoji, combining marks and right-to-left text, coded by two people."""
    draw = random.Random(seed)
    texts = {
        f"Interview {n}": newline.join(draw.choices(LINES, k=lines)) + newline
        for n in range(1, documents + 1)
    }
    found = Truth(texts)
    for document, text in texts.items():
        words = [m.span() for m in re.finditer(r"[^\W\d_][\w\u0300-\u036f]*", text)]
        for coder in CODERS:
            for _ in range(each):
                first = draw.randrange(len(words) - 9)
                span = words[first][0], words[first + draw.randrange(9)][1]
                found.codings.add((document, *span, coder, draw.choice(CODES)))
    return found


def code_points(text: str, position: int) -> int:
    return position


def utf16(text: str, position: int) -> int:
    return len(text[:position].encode("utf-16-le")) // 2


def one_a_line_end(text: str, position: int) -> int:
    return len(text[:position].replace("\r\n", "\n"))


Count = Callable[[str, int], int]


def guid(*key: object) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(map(str, key))))


def element(tag: str, content: str = "", **attributes: object) -> str:
    given = "".join(f" {name}={quoteattr(str(value))}" for name, value in attributes.items())
    return f"<{tag}{given}>{content}</{tag}>" if content else f"<{tag}{given}/>"


def selections(
    found: Truth, document: str, count: Count, *, name: str, key: str = "", by: str | None = None
) -> str:
    """Return a document's selections, each with the codings of its span; `name` says what @name holds."""
    text, out = found.texts[document], []
    spans: dict[tuple[int, int], list[tuple[str, str]]] = {}
    for start, end, coder, code in found.spans(document):
        if by in (None, coder):
            spans.setdefault((start, end), []).append((coder, code))
    for (start, end), marks in spans.items():
        codings = "".join(
            element(
                "Coding",
                element("CodeRef", targetGUID=guid("code", code)),
                guid=guid("coding", key, document, start, end, coder, code),
                creatingUser=guid("user", coder),
                creationDateTime="2024-05-01T10:00:00Z",
            )
            for coder, code in marks
        )
        words = text[start:end].replace("\r\n", " ")
        shown = {"": "", "all": words, "cut": words if len(words) <= 40 else words[:40] + "…"}[name]
        out.append(
            element(
                "PlainTextSelection",
                codings,
                guid=guid("selection", key, document, start, end),
                name=shown,
                startPosition=count(text, start),
                endPosition=count(text, end),
                creatingUser=guid("user", CODERS[0]),  # whoever marked it first; not the coder
            )
        )
    return "".join(out)


def project(
    origin: str, sources: str, *, users: str = "", codes: str = "", middle: str = "", end: str = ""
) -> bytes:
    known = "".join(element("User", guid=guid("user", coder), name=coder) for coder in CODERS)
    book = codes or "".join(element("Code", guid=guid("code", c), name=c, isCodable="true") for c in CODES)
    inner = (
        f"<Users>{users}{known}</Users><CodeBook><Codes>{book}</Codes></CodeBook>{middle}"
        f"<Sources>{sources}</Sources>{end}"
    )
    whole = element("Project", inner, name="twin", origin=origin, xmlns=NAMESPACE)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{whole}'.encode()


def pack(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def nvivo(path: Path, found: Truth, count: Count = utf16) -> Path:
    """NVivo for Windows: UTF-16 units, CRLF, byte-order marks, `Sources/`, empty names, braces, case text."""
    sources, members = "", {}
    for document, text in found.texts.items():
        inside = selections(found, document, count, name="")
        case = element(
            "Coding", element("CodeRef", targetGUID=guid("case", document)), guid=guid("whole", document)
        )
        noted = element(
            "PlainTextSelection", guid=guid("memo", document), startPosition="0", endPosition=count(text, 11)
        )
        number = guid("file", document)
        sources += element(
            "TextSource",
            noted + inside + case,
            guid="{" + guid("source", document).upper() + "}",
            name="Interview",  # all of them: names are no keys
            plainTextPath=f"internal://{number}.txt",
        )
        members[f"Sources/{number}.txt"] = b"\xef\xbb\xbf" + text.encode()
    cases = "".join(
        element("Case", guid=guid("case", document), name=f"Participant {n}")
        for n, document in enumerate(found.texts, 1)
    )
    folder = element("Code", _codes(), guid=guid("folder"), name="All codes", isCodable="false")
    content = project("NVivo 12.6 (Windows)", sources, codes=folder, middle=f"<Cases>{cases}</Cases>")
    return pack(path, {**members, "Sources/.root": b"", "project.qde": content})


def _codes() -> str:
    return "".join(element("Code", guid=guid("code", code), name=code, isCodable="true") for code in CODES)


def atlasti(path: Path, found: Truth, count: Count = one_a_line_end) -> Path:
    """ATLAS.ti: `Project.qde`, PDF texts with twins on the page, groups as sets, cut names, its own user."""
    sources, members = "", {}
    for document, text in found.texts.items():
        number = guid("file", document)
        inside = selections(found, document, count, name="cut")
        whole = element("Representation", inside, guid=number, plainTextPath=f"internal://{number}.txt")
        start, end, coder, code = found.spans(document)[0]
        twin = element(
            "PDFSelection",
            element(
                "Coding",
                element("CodeRef", targetGUID=guid("code", code)),
                guid=guid("twin", document),
                creatingUser=guid("user", coder),
            ),
            guid=guid("selection", "", document, start, end),
            page="0", firstX="1", firstY="1", secondX="2", secondY="2",
        )  # fmt: skip
        sources += element("PDFSource", twin + whole, guid=guid("source", document), name=document)
        members[f"Sources/{number}.txt"] = text.encode()
    sets = "".join(
        element(
            "Set",
            element("MemberSource", targetGUID=guid("source", d)),
            guid=guid("set", d),
            name=f"site: S{n}",
        )
        for n, d in enumerate(found.texts, 1)
    )
    built_in = element("User", guid=guid("user", "tool"), name="ATLAS.ti")
    content = project("ATLAS.ti 23.1.1", sources, users=built_in, end=f"<Sets>{sets}</Sets>")
    return pack(path, {"Project.qde": content, **members})


def maxqda(path: Path, found: Truth, count: Count = utf16) -> Path:
    """MAXQDA: each text twice, one copy a coder, in a set of its own; variables stand in the sources."""
    sources, sets, members = "", "", {}
    value = element("VariableRef", targetGUID=guid("variable")) + "<TextValue>clinic</TextValue>"
    for coder in CODERS:
        copies = ""
        for document, text in found.texts.items():
            number = guid("file", coder, document)
            inside = selections(found, document, count, name="", key=coder, by=coder)
            sources += element(
                "TextSource",
                inside + element("VariableValue", value),
                guid=guid("source", coder, document),
                name=document,
                plainTextPath=f"internal://{number}.txt",
            )
            copies += element("MemberSource", targetGUID=guid("source", coder, document))
            members[f"sources/{number}.txt"] = text.encode()
        sets += element("Set", copies, guid=guid("set", coder), name=coder)
    variable = element("Variable", guid=guid("variable"), name="place", typeOfVariable="Text")
    content = project(
        "MAXQDA 24.7.0", sources, middle=f"<Variables>{variable}</Variables>", end=f"<Sets>{sets}</Sets>"
    )
    return pack(path, {"project.qde": content, **members})


def qualcoder(path: Path, found: Truth, count: Count = code_points) -> Path:
    """QualCoder: texts with a byte-order mark, excerpts as names, nameless cases that hold attributes."""
    sources, cases, members = "", "", {}
    for document, text in found.texts.items():
        inside = selections(found, document, count, name="all")
        source = guid("source", document)
        sources += element(
            "TextSource", inside, guid=source, name=document, plainTextPath=f"internal://{source}.txt"
        )
        value = element("VariableRef", targetGUID=guid("variable")) + "<IntegerValue>41</IntegerValue>"
        held = element("VariableValue", value) + element("SourceRef", targetGUID=source)
        cases += element("Case", held, guid=guid("case", document))
        members[f"sources/{source}.txt"] = b"\xef\xbb\xbf" + text.encode()
    variable = element("Variable", guid=guid("variable"), name="age", typeOfVariable="Integer")
    middle = f"<Variables>{variable}</Variables><Cases>{cases}</Cases>"
    return pack(path, {"project.qde": project("QualCoder-3.5", sources, middle=middle), **members})


DIALECTS = {"nvivo": nvivo, "atlasti": atlasti, "maxqda": maxqda, "qualcoder": qualcoder}
