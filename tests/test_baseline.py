"""A baseline holds what a stranger needs to tell what changed, and not a word of an interview."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from analysis import baseline
from analysis.errors import DataError, UsageError
from analysis.records import Record, Records
from analysis.state import State, observe, settings_of

pytestmark = pytest.mark.usefixtures("library_of_one_module")

RESULTS = [
    {"key": "cases.n", "value": 3, "notebook": "01_prepare", "note": "told", "unit": "participants"},
    {
        "key": "agreement.mood.percent",
        "value": 0.5,
        "low": 0.25,
        "high": 0.75,
        "n": 2,
        "notebook": "02_agreement",
    },
    {"key": "agreement.mood.percent[case_id=P1]", "value": 1.0, "notebook": "02_agreement"},
]
CLAIMS = """\
- id: people
  says: three of them, the quixotic ones
  result: cases.n
  printed: "3"
- id: cell
  table: themes
  where: {code_id: waiting}
  column: n_cases
  printed: "2"
  note: quixotic
- {id: checked, status: not_checkable, because: quixotic reasons}
"""


@pytest.fixture
def ready(small):
    """Return the small study with its tables, results and claims, as a run leaves them."""
    corpus = small.corpus()
    folder = small.workspace.derived("small")
    corpus.save(folder)
    (folder / "imports.json").write_text(json.dumps({"withdrawn": 1}), "utf-8")
    (folder / "results").mkdir()
    for step in ("01_prepare", "02_agreement"):
        mine = [each for each in RESULTS if each["notebook"] == step]
        (folder / "results" / f"{step}.json").write_text(json.dumps(mine), "utf-8")
        Records(small.workspace, "small").write(Record(step, {}, {}, complete=True), small.workspace.scratch)
    (folder / "themes.csv").write_text("code_id\n", "utf-8")
    (small.raw / "claims.yml").write_text(CLAIMS, "utf-8")
    return small


@pytest.fixture
def state(ready) -> State:
    return observe(ready.workspace, "small")


def test_it_is_read_back_as_it_was_written(ready, state):
    path = baseline.save(ready.workspace, state)
    assert path == ready.raw / "frozen" / "baseline.json"
    assert baseline.load(ready.workspace, "small") == state
    assert baseline.freezes(ready.workspace, "small") == ["baseline"]


def test_the_same_state_is_the_same_bytes_one_fact_a_line(ready, state):
    path = baseline.save(ready.workspace, state)
    before = path.read_bytes()
    baseline.save(ready.workspace, observe(ready.workspace, "small"))
    assert path.read_bytes() == before
    assert b'\n    "cases.n": {"value": 3},\n' in before


def test_it_holds_no_text_no_remark_no_persons_id(ready, state):
    text = baseline.save(ready.workspace, state).read_text("utf-8")
    assert ready.secret not in text
    for held in ("P1", "D1", "Getting in", "university", "told"):
        assert held not in text


def test_it_holds_numbers_hashes_and_versions(state):
    assert state.results == {
        "cases.n": {"value": 3},
        "agreement.mood.percent": {"value": 0.5, "low": 0.25, "high": 0.75, "n": 2},
    }
    assert state.withdrawn == 1
    assert state.source["codings.csv"]["rows"] == 18
    assert state.versions["Python"] and state.versions["numpy"]
    assert list(state.code["src/analysis/overview.py"]) == ["(module level)", "files_table"]
    assert set(state.notebooks) == {"01_prepare", "02_agreement", "03_themes", "04_framework", "05_report"}
    assert list(state.tables) == ["themes.csv"]


def test_numbers_are_what_the_steps_recorded_not_what_somebody_wrote_into_results_json(ready, state):
    path = ready.workspace.derived("small") / "results.json"
    path.write_text(json.dumps([{**RESULTS[0], "value": 943}]), "utf-8")

    assert observe(ready.workspace, "small").results == state.results


def test_claims_are_kept_by_what_they_print(state):
    assert state.claims["people"]["printed"] == {"cases.n": "3"}
    assert state.claims["cell"]["printed"] == {"themes.csv": "2"}
    assert state.claims["checked"]["printed"] == {}


def test_words_of_a_claim_do_not_count_and_its_numbers_do(ready, state):
    path = ready.raw / "claims.yml"
    path.write_text(CLAIMS.replace("quixotic", "other"), "utf-8")
    assert observe(ready.workspace, "small").claims == state.claims
    path.write_text(CLAIMS.replace("waiting", "cost"), "utf-8")
    assert observe(ready.workspace, "small").claims["cell"] != state.claims["cell"]


def test_claims_are_kept_with_whether_they_held(ready, state):
    held = {name: claim.get("held") for name, claim in state.claims.items()}
    assert held == {"people": True, "cell": False, "checked": None}


def test_a_changed_table_of_printed_cells_is_another_claim(ready):
    path = ready.raw / "table2.csv"
    (ready.raw / "claims.yml").write_text("- {id: all, table: themes, cells: table2.csv, by: [code_id]}\n")
    kept = []
    for cells in ("code_id,n_cases\nwaiting,2\n", "code_id,n_cases\nwaiting,3\n"):
        path.write_text(cells, "utf-8")
        kept.append(observe(ready.workspace, "small").claims["all"])
    assert kept[0]["digest"] == kept[1]["digest"]
    assert kept[0]["cells"] != kept[1]["cells"]


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("P2,patient,2,no,yes,no", "P2,patient,2,no,no,yes", True),
        ("P2,patient,2", "P2,staff,2", False),
        ("P2,patient,2,no,yes,no,south\n", "", False),
    ],
)
def test_the_table_of_cases_is_told_apart_from_who_withdrew(ready, state, old, new, same):
    ready.edit("cases.csv", old, new)
    ready.write()
    after = observe(ready.workspace, "small").source["cases.csv"]
    assert after["sha256"] != state.source["cases.csv"]["sha256"]
    assert (after["but_withdrawn"] == state.source["cases.csv"]["but_withdrawn"]) == same


def test_settings_of_a_closed_list_are_told_and_others_hashed(small):
    told = settings_of(small.study(agreement__unit="case", exclude__case=["P1"]))
    assert told["agreement.unit"] == "case"
    assert told["seed"] == 1
    assert told["exclude.case.0"].startswith("sha256 ")
    assert told["groups.0"].startswith("sha256 ")
    assert not any(name.startswith("title") for name in told)


def test_a_comment_in_study_yml_changes_nothing(ready, state):
    path = ready.raw / "study.yml"
    path.write_text(f"# ours\n{path.read_text('utf-8')}", "utf-8")
    assert observe(ready.workspace, "small") == state


def test_rows_in_another_order_are_told_from_other_rows(ready, state):
    path = ready.workspace.source("small") / "codes.csv"
    head, *rows = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join([head, *reversed(rows)]), "utf-8")
    after = observe(ready.workspace, "small").source["codes.csv"]
    assert after["sha256"] != state.source["codes.csv"]["sha256"]
    assert after["unordered"] == state.source["codes.csv"]["unordered"]


def test_a_missing_freeze_names_those_that_are_there(ready, state):
    with pytest.raises(UsageError, match="concord freeze small first"):
        baseline.load(ready.workspace, "small", "first")
    baseline.save(ready.workspace, state, "first")
    with pytest.raises(UsageError, match='Did you mean "first"'):
        baseline.load(ready.workspace, "small", "frist")


@pytest.mark.parametrize("name", ["now", "../x", "a b", ".hidden", ""])
def test_a_name_that_will_not_do(ready, name):
    with pytest.raises(UsageError, match="a freeze's name"):
        baseline.path_of(ready.workspace, "small", name)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 99}'])
def test_a_file_that_is_no_freeze(ready, content):
    path = baseline.path_of(ready.workspace, "small")
    path.parent.mkdir()
    path.write_text(content, "utf-8")
    with pytest.raises(DataError, match="Freeze the study anew"):
        baseline.load(ready.workspace, "small")


def test_a_field_that_it_does_not_know_is_left_aside(ready, state):
    path = baseline.save(ready.workspace, state)
    data = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**data, "later": 1}), "utf-8")
    assert baseline.load(ready.workspace, "small") == state


def test_every_field_survives(ready, state):
    full = replace(state, withdrawn="#aa", seal="k", decisions="d", findings="f")
    baseline.save(ready.workspace, full)
    assert asdict(baseline.load(ready.workspace, "small")) == asdict(full)
