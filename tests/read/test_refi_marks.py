"""Selections and codings read by the batch, held against a plain walk of the whole tree."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from analysis.read import refi_xml
from analysis.read.refi_marks import position
from analysis.read.refi_rows import NOWHERE, ProjectXml, guid_of
from analysis.read.refi_xml import read_project

XMLNS = 'xmlns="urn:QDA-XML:project:1.0"'

positions = st.sampled_from(["0", "7", " 12 ", "", "-4", "1e3", "99999999999999999999", "2147483647", None])
users = st.sampled_from(["U1", "{u1}", "U2", "", None])
codings = st.tuples(users, users, st.lists(st.sampled_from(["C1", "{c1}", "C2"]), max_size=2), st.booleans())
selections = st.tuples(
    positions, positions, users, st.lists(codings, max_size=3), st.booleans(), st.booleans()
)
sources = st.lists(st.lists(selections, max_size=6), max_size=3)


def attributes(**cells: str | None) -> str:
    return "".join(f' {name}="{value}"' for name, value in cells.items() if value is not None)


def written(sources) -> bytes:
    """Return a project with these selections."""
    lines = [f"<Project {XMLNS}><Sources>"]
    for n, marks in enumerate(sources):
        lines.append(f'<TextSource guid="S{n}" name="D{n}">')
        for start, end, user, codings, memo, note in marks:
            told = attributes(
                startPosition=start, endPosition=end, creatingUser=user, name="n" if memo else None
            )
            lines.append(f"<PlainTextSelection{told}>")
            lines += ["<Description>why</Description>"] * memo + ['<NoteRef targetGUID="N"/>'] * note
            for by, changed, codes, noted in codings:
                lines.append(f"<Coding{attributes(creatingUser=by, modifyingUser=changed)}>")
                lines += [f'<CodeRef targetGUID="{code}"/>' for code in codes]
                lines += ['<NoteRef targetGUID="M"/>'] * noted + ["</Coding>"]
            lines.append("</PlainTextSelection>")
        lines.append("</TextSource>")
    return "\n".join([*lines, "</Sources></Project>"]).encode()


def plainly(content: bytes) -> list[tuple]:
    """Return each selection with its codings, from a tree of the whole file."""
    found = []
    for each in etree.fromstring(content).iterfind(".//{*}PlainTextSelection"):
        codings = []
        for coding in each.iterfind("{*}Coding"):
            by = coding.get("creatingUser") or coding.get("modifyingUser")
            codes = [ref.get("targetGUID") for ref in coding.iterfind("{*}CodeRef")]
            notes = [guid_of(ref.get("targetGUID")) for ref in coding.iterfind("{*}NoteRef")]
            whose = None if by else guid_of(each.get("creatingUser"))
            codings.append((guid_of(by), guid_of(codes[0] if codes else ""), whose, notes))
        notes = [guid_of(ref.get("targetGUID")) for ref in each.iterfind("{*}NoteRef")]
        memo = each.findtext("{*}Description")
        span = (position(each.get("startPosition")), position(each.get("endPosition")))
        source = guid_of(each.getparent().get("guid"))
        found.append((source, span, each.get("name"), memo, notes, each.sourceline, codings))
    return found


def taken(found: ProjectXml) -> list[tuple]:
    marks, guids = found.marks, {kind: [*each, ""] for kind, each in found.guids.items()}
    codings: dict[int, list[tuple]] = {}
    for n, row in enumerate(marks.selection):
        of = (guids["user"][marks.user[n]], guids["code"][marks.code[n]])
        assert marks.coding_line[n] == marks.line[row]
        told = (*of, marks.user_from_selection.get(n), marks.coding_notes.get(n, []))
        codings.setdefault(row, []).append(told)
    return [
        (
            guids["source"][marks.source[row]],
            (marks.start[row], marks.end[row]),
            marks.name[row],
            marks.memo.get(row),
            marks.notes.get(row, []),
            marks.line[row],
            codings.get(row, []),
        )
        for row in range(len(marks.start))
    ]


@settings(deadline=None)
@given(sources, st.sampled_from([1, 2, 1_000]))
def test_reads_what_a_plain_walk_of_the_tree_reads(sources, batch):
    content = written(sources)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(refi_xml, "BATCH", batch)
        assert taken(read_project(io.BytesIO(content), "p.qde")) == plainly(content)


def talk(number: int, selections: int) -> str:
    """Return a transcript of two sync points a selection; every transcript calls its points alike."""
    points = "".join(f'<SyncPoint guid="P{n}" position="{n * 10 + number}"/>' for n in range(2 * selections))
    marks = "".join(
        f'<TranscriptSelection guid="T{number}-{n}" fromSyncPoint="P{2 * n}" toSyncPoint="P{2 * n + 1}">'
        '<Coding><CodeRef targetGUID="C1"/></Coding></TranscriptSelection>'
        for n in range(selections)
    )
    inside = f'<Transcript guid="R{number}">{points}{marks}</Transcript>'
    return f'<AudioSource guid="A{number}">{inside}</AudioSource>'


def test_sync_points_are_looked_at_once_and_belong_to_their_transcript(monkeypatch):
    looked: list[str | None] = []

    def counting(raw: str | None) -> int:
        looked.append(raw)
        return position(raw)

    monkeypatch.setattr("analysis.read.refi_elements.position", counting)
    talks = "".join(talk(number, 50) for number in (1, 2))
    found = read_project(io.BytesIO(f"<Project {XMLNS}>{talks}</Project>".encode()), "p.qde")
    assert list(found.marks.start) == [20 * n + number for number in (1, 2) for n in range(50)]
    assert list(found.marks.end) == [20 * n + 10 + number for number in (1, 2) for n in range(50)]
    assert len(looked) == 200
    assert "SyncPoint" not in found.held


def test_selections_without_a_code_are_counted():
    found = read_project(io.BytesIO(written([[("1", "2", "U1", [], False, False)]])), "p.qde")
    assert found.left["selections without a code"] == 1


def test_guids_with_and_without_braces_are_the_same():
    one = ("U1", None, ["C1"], False)
    other = ("{u1}", None, ["{c1}"], False)
    found = read_project(io.BytesIO(written([[("1", "2", None, [one, other], False, False)]])), "p.qde")
    assert list(found.marks.user) == [0, 0]
    assert list(found.marks.code) == [0, 0]


def test_selections_are_forgotten_as_they_are_read(monkeypatch):
    """However many a source holds, the tree keeps one batch of them and what one read of the file holds."""
    left: list[int] = []
    reads = refi_xml.MarkReader.selections

    def counting(self, elements):
        if elements:
            left.append(len(elements[0].getparent()))
        reads(self, elements)

    monkeypatch.setattr(refi_xml.MarkReader, "selections", counting)
    monkeypatch.setattr(refi_xml, "BATCH", 10)
    many = [("1", "2", None, [("U1", None, ["C1"], False)], False, False)] * 5_000
    found = read_project(io.BytesIO(written([many])), "p.qde")
    assert len(found.marks.code) == 5_000
    assert max(left) < 500


@pytest.mark.parametrize(("raw", "place"), [("0", 0), (" 12 ", 12), ("-1", NOWHERE), ("2147483647", NOWHERE)])
def test_positions_beyond_any_text_are_none(raw, place):
    assert position(raw) == place
