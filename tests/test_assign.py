"""Who codes what: drawn by seed and group, handed out on blind sheets, read back as filled in."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.assign import _allotted, draw, uncoded
from analysis.codingsheet import coding_sheet
from analysis.errors import DataError, UsageError
from analysis.read import read_study
from analysis.study import load_study


def both_coders(assignments: pd.DataFrame) -> set[str]:
    n = assignments.groupby("document_id")["coder_id"].nunique()
    return set(n.index[n > 1])


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 40), min_size=1),
    st.integers(1, 100),
)
def test_the_share_is_drawn_exactly_and_every_group_gives_one_at_least(sizes, percent):
    """No group gives less than its share rounded down, or more than rounded up; the total is rounded up.

    More than that are drawn only where small groups must give their one.
    """
    given = _allotted(sizes, percent / 100)

    least = {group: max(1, n * percent // 100) for group, n in sizes.items()}
    assert all(least[group] <= given[group] <= -(-sizes[group] * percent // 100) for group in sizes)
    assert sum(given.values()) == max(-(-sum(sizes.values()) * percent // 100), sum(least.values()))


@pytest.mark.parametrize(("n", "share"), [(100, 0.07), (50, 0.14), (25, 0.28)])
def test_seven_are_seven_though_the_share_is_no_exact_number(n, share):
    assert _allotted({"all": n}, share) == {"all": 7}


def test_a_fifth_of_six_six_and_seven_is_four(bundled):
    """Three groups of 6, 6 and 7: a fifth of 19 is 3.8, so four, the fourth from the largest group."""
    drawn = draw(*bundled("duffy2023_simulated"), ["A", "B"], 0.2)

    assert drawn.strata["several"].tolist() == [1, 1, 2]
    assert len(both_coders(drawn.assignments)) == 4
    assert drawn.assignments["document_id"].nunique() == 19
    rest = drawn.assignments[~drawn.assignments["document_id"].isin(both_coders(drawn.assignments))]
    assert abs(rest["coder_id"].value_counts().diff().iloc[-1]) <= 1


def test_the_same_seed_draws_the_same_and_another_round_another_sample(bundled):
    corpus, study = bundled("duffy2023_simulated")
    first, again, other = (draw(corpus, study, ["A", "B"], 0.3, n) for n in (1, 1, 2))

    assert first.assignments.equals(again.assignments)
    assert both_coders(first.assignments) != both_coders(other.assignments)


@pytest.mark.parametrize(
    ("coders", "share"), [(["A"], 0.2), (["A", "A"], 0.2), (["A", "B"], 0), (["A", "B"], 1.1)]
)
def test_what_cannot_be_drawn_is_refused(bundled, coders, share):
    with pytest.raises(UsageError):
        draw(*bundled("duffy2023_simulated"), coders, share)


def test_coders_who_are_not_in_the_table_of_coders_are_refused_before_a_sheet_is_written(small):
    study = small.study()
    with pytest.raises(UsageError, match=r'"Ann", who is not in coders.csv \(A, B, team\)'):
        uncoded(small.workspace, study, ["A", "Ann"])
    with pytest.raises(UsageError, match="Did you mean"):
        uncoded(small.workspace, study, ["A", "teem"])


def test_anybody_may_code_where_no_table_lists_coders(small):
    del small.files["coders.csv"]

    assert not uncoded(small.workspace, small.study(), ["A", "Ann"]).documents.empty


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def filled(content: bytes, path: Path, answers: dict[str, list[str]]) -> Path:
    """Write a sheet to `path` with codes filled in by segment."""
    book = opened(content)
    page = book["coding"]
    heading = [cell.value for cell in page[2]]
    for row in range(3, page.max_row + 1):
        codes = answers.get(page.cell(row, 1).value, [])
        for n, code in enumerate(codes, start=1):
            page.cell(row, 1 + heading.index(f"code {n}"), code)
    book.save(path)
    return path


def test_a_sheet_shows_nothing_of_anybody_else(small):
    corpus, study = small.both()
    drawn = draw(corpus, study, ["A", "B"], 1)
    book = opened(coding_sheet(corpus, study, drawn, "A"))
    cells = {str(cell.value) for page in book for row in page for cell in row if cell.value}

    assert not cells & {"patient", "staff", "north", "south", "B"}
    assert not [cell for cell in cells if "first thought" in cell]
    assert [cell.value for cell in book["coding"]["G"][2:]] == [None] * (book["coding"].max_row - 2)


def test_a_coder_who_draws_segments_does_not_see_what_others_drew(small):
    """Segments of one's own: another coder's spans tell where they found something."""
    small.edit("study.yml", "segmentation: shared", "segmentation: own")
    small.edit("segments.csv", "P1-2,D1,", "drawn-by-A,D1,")
    for table in ("codings", "charting", "audit"):
        small.files[f"{table}.csv"] = str(small.files[f"{table}.csv"]).replace("P1-2", "drawn-by-A")
    corpus, study = small.both()
    page = opened(coding_sheet(corpus, study, draw(corpus, study, ["A", "B"], 1), "B"))["coding"]
    segments = [row[0].value for row in page.iter_rows(min_row=3)]

    assert len(segments) == 5
    assert set(segments).isdisjoint(corpus.segments["segment_id"])
    assert all(each.startswith(("D1:", "D2:", "D3:")) for each in segments)


def test_transcripts_without_text_show_the_place_of_their_segments(small):
    """Segments with positions in a document that is not here: an empty cell of words, not an error."""
    study = small.only(
        documents="document_id,case_id\nD1,P1\n",
        segments="segment_id,document_id,start,end\nS1,D1,0,5\n",
        codings="segment_id,coder_id,value\nS1,A,x\n",
    )
    corpus, loaded = study.both()
    page = opened(coding_sheet(corpus, loaded, draw(corpus, loaded, ["A", "B"], 1), "B"))["coding"]

    assert [cell.value for cell in page[3]][:6] == ["S1", "D1", "", "0", "5", ""]


def test_without_text_nobody_can_draw_segments_of_their_own(small):
    study = small.only(
        documents="document_id,case_id\nD1,P1\n",
        segments="segment_id,document_id\nS1,D1\n",
        codings="segment_id,coder_id,value\nS1,A,x\n",
    )
    study.settings = study.settings.replace("segmentation: shared", "segmentation: own")
    corpus, loaded = study.both()
    with pytest.raises(DataError, match="import the transcript"):
        coding_sheet(corpus, loaded, draw(corpus, loaded, ["A", "B"], 1), "B")


def test_the_same_draw_gives_the_same_bytes(small):
    corpus, study = small.both()
    drawn = draw(corpus, study, ["A", "B"], 1)

    assert coding_sheet(corpus, study, drawn, "A") == coding_sheet(corpus, study, drawn, "A")


def test_filled_in_sheets_come_back_as_independent_codings(small):
    corpus, study = small.both()
    drawn = draw(corpus, study, ["A", "B"], 1, round_=3)
    inputs = ""
    for coder, answers in {"A": {"P1-2": ["waiting", "cost"]}, "B": {"P1-2": ["waiting"]}}.items():
        small.files[f"sheet-{coder}.xlsx"] = b""
        path = small.raw / "source" / f"sheet-{coder}.xlsx"
        filled(coding_sheet(corpus, study, drawn, coder), path, answers)
        small.files[path.name] = path.read_bytes()
        inputs += f"  - {{file: {path.name}}}\n"
    small.edit("study.yml", "  - {file: codings.csv}\n", "  - {file: codings.csv}\n" + inputs)
    small.write()
    found = read_study(small.workspace, load_study(small.workspace, "small"))
    third = found.codings[found.codings["round"] == 3]

    assert set(third[["segment_id", "coder_id", "value", "stage"]].itertuples(index=False, name=None)) == {
        ("P1-2", "A", "waiting", "independent"),
        ("P1-2", "A", "cost", "independent"),
        ("P1-2", "B", "waiting", "independent"),
    }


def test_transcripts_without_segments_are_coded_by_paragraph(small, tmp_path):
    study = small.only(
        documents='document_id,case_id,text\nD1,P1,"One thing.\nAnother thing."\n',
        codes="code_id,name\nx,X\n",
        assignments="coder_id,document_id,stage\nA,D1,independent\n",
    )
    study.settings = study.settings.replace("codings.csv, stage: independent", "documents.csv")
    study.write()
    loaded = load_study(study.workspace, "small")
    corpus = uncoded(study.workspace, loaded)
    drawn = draw(corpus, loaded, ["A", "B"], 1)
    for coder in "AB":
        content = coding_sheet(corpus, loaded, drawn, coder)
        filled(content, study.raw / "source" / f"{coder}.xlsx", {"D1:11": ["x"]})
    study.settings = study.settings.replace(
        "  - {file: documents.csv}\n", "  - {file: A.xlsx}\n  - {file: B.xlsx}\n"
    )
    (study.raw / "study.yml").write_text(study.settings)
    found = read_study(study.workspace, load_study(study.workspace, "small"))

    assert found.codings[["segment_id", "coder_id", "value"]].to_numpy().tolist() == [
        ["D1:11", "A", "x"], ["D1:11", "B", "x"],
    ]  # fmt: skip
    assert found.segments.set_index("segment_id").loc["D1:11", ["start", "end"]].tolist() == [11, 25]


def test_a_sheet_whose_first_row_was_changed_is_refused(small):
    corpus, study = small.both()
    path = small.raw / "source" / "sheet.xlsx"
    filled(coding_sheet(corpus, study, draw(corpus, study, ["A", "B"], 1), "A"), path, {})
    book = openpyxl.load_workbook(path)
    book["coding"]["A1"] = "my sheet"
    book.save(path)
    small.files["sheet.xlsx"] = path.read_bytes()
    small.edit("study.yml", "  - {file: codings.csv}\n", "  - {file: sheet.xlsx, format: coding-sheet}\n")
    small.write()

    with pytest.raises(DataError, match="first two rows were changed"):
        read_study(small.workspace, load_study(small.workspace, "small"))


def test_a_study_without_documents_cannot_be_assigned(small):
    study = small.only(codings="segment_id,coder_id,value\na,A,x\n")
    study.write()
    loaded = load_study(study.workspace, "small")
    with pytest.raises(DataError, match="no documents to assign"):
        uncoded(study.workspace, loaded)
