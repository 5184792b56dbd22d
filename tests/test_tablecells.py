"""Cells of tables found by column and value."""

from __future__ import annotations

import pytest

from analysis.paths import Workspace
from analysis.tablecells import Absent, parse_cells, tables_of

THEMES = parse_cells(
    "code_id,group,rollup,n_cases,n_asked,n_group\n"
    "T1,all,as_coded,4,,10\nT1,all,descendants,9,,10\nT1,patient,as_coded,2,3,5\nT2,all,as_coded,0,,10\n",
    "themes.csv",
)


def test_columns_that_are_left_out_stand_for_everything():
    assert THEMES.line({"code_id": "T1"})["n_cases"] == "4"
    assert THEMES.line({"code_id": "T1", "rollup": "descendants"})["n_cases"] == "9"
    assert THEMES.line({"code_id": "T1", "group": "patient"})["n_cases"] == "2"


@pytest.mark.parametrize(("wanted", "cell"), [(4, "4"), (4.0, "4"), ("4", "4.0"), (None, ""), ("", "")])
def test_a_number_is_the_same_however_it_is_written(wanted, cell):
    table = parse_cells(f"a,b\nx,{cell}\ny,7\n", "t.csv")
    assert table.line({"b": wanted})["a"] == "x"


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ({"code_id": "T1x"}, 'no line of themes.csv has code_id "T1x". Did you mean "T1"?'),
        ({"code": "T1"}, 'themes.csv has no column "code".'),
        ({"rollup": "as_coded"}, 'lines of themes.csv have rollup "as_coded"; say which by code_id'),
    ],
)
def test_what_is_not_there_is_said(where, said):
    with pytest.raises(Absent) as raised:
        THEMES.line(where)
    assert said in str(raised.value)


def test_a_base_is_those_asked_else_the_group():
    assert THEMES.base(THEMES.line({"code_id": "T1"}), "n_cases") == 10
    assert THEMES.base(THEMES.line({"code_id": "T1", "group": "patient"}), "n_cases") == 3


def test_segments_are_no_part_of_the_participants_on_their_line():
    table = parse_cells("code_id,n_cases,n_segments,n_asked\nT1,2,3,6\n", "themes.csv")
    line = table.line({"code_id": "T1"})
    assert (table.base(line, "n_cases"), table.base(line, "n_segments")) == (6, None)


def test_cells_with_line_breaks_and_quotes_stay_whole():
    table = parse_cells('a,b\n"x\ny","say ""so"""\n', "t.csv")
    assert table.rows == [{"a": "x\ny", "b": 'say "so"'}]


class TestOfAStudy:
    @pytest.fixture
    def tables(self, tmp_path):
        workspace = Workspace(tmp_path)
        for folder in (workspace.derived("demo"), workspace.reports("demo") / "figures"):
            folder.mkdir(parents=True)
        (workspace.derived("demo") / "themes.csv").write_text("code_id,n\nT1,4\n")
        (workspace.reports("demo") / "figures" / "map.csv").write_text("code_id,n\nT1,5\n")
        return tables_of(workspace, "demo")

    @pytest.mark.parametrize(("name", "n"), [("themes", "4"), ("themes.csv", "4"), ("figures/map", "5")])
    def test_a_table_or_the_data_of_a_figure(self, tables, name, n):
        assert tables(name).line({"code_id": "T1"})["n"] == n

    @pytest.mark.parametrize("name", ["../demo/themes", "/etc/passwd", "figures/../x", "a/b", "..", ""])
    def test_nothing_outside_the_study_is_read(self, tables, name):
        with pytest.raises(Absent, match="is no name of a table"):
            tables(name)

    def test_a_table_that_is_not_there_names_the_nearest(self, tables):
        with pytest.raises(Absent, match='Did you mean "themes"'):
            tables("theme")
