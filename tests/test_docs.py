"""The documentation names what is there, and the repository names no machine."""

from __future__ import annotations

import re
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pandas as pd
import pytest

from analysis import outstanding
from analysis.agreement import drift
from analysis.agreement.coefficients import MEASURES
from analysis.agreement.otherwise import agreement_views
from analysis.agreement.sheet import agreement_table
from analysis.contributions import contribution_table
from analysis.cooccurrence import cooccurrence_table
from analysis.corpus import Corpus
from analysis.counting import counted_codes
from analysis.decisions import Decision
from analysis.differences import differences_table
from analysis.framework import framework_matrix
from analysis.keys import Result
from analysis.parts import Part
from analysis.quotes import quotes_table
from analysis.saturation import new_codes
from analysis.schemas import TABLES
from analysis.study import Study
from analysis.themes import theme_table, value_table

REGISTRIES = ("py" + "pi.org", "python" + "hosted", "registry." + "npmjs")


def tracked(checkout: Path) -> list[Path]:
    """Return the files that git tracks, or skip outside a checkout."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=checkout, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("not a git checkout")
    return [checkout / name for name in done.stdout.split("\0") if name]


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_described(checkout: Path, table: str) -> None:
    text = (checkout / "docs" / "tables.md").read_text("utf-8")
    part = text.split(f"## {table}.csv")[1].split("\n## ")[0]

    missing = [
        name for name, c in TABLES[table].columns.items() if f"| {'**' * c.required}{name}" not in part
    ]
    assert missing == []


def test_every_setting_is_described(checkout: Path) -> None:
    text = (checkout / "docs" / "study-yml.md").read_text("utf-8")

    assert [name for name in Study.model_fields if f"`{name}`" not in text] == []


def made_tables(corpus: Corpus, study: Study) -> dict[str, pd.DataFrame]:
    """Return the tables that the notebooks leave in data/derived, as they make them."""
    counted = counted_codes(corpus, study)
    found = new_codes(corpus, study, counted)
    return {
        outstanding.FILE: outstanding.outstanding_table(corpus),
        "agreement.csv": agreement_table(corpus, study, broken_down=False),
        "agreement_views.csv": agreement_views(corpus, study),
        "agreement_over_time.csv": drift.over_time(corpus, study),
        "codebook_changes.csv": drift.changes([], corpus, study),
        "differences.csv": differences_table(corpus, study),
        "themes.csv": theme_table(corpus, study, counted),
        "values.csv": value_table(corpus, study),
        "contributions.csv": contribution_table(corpus, study, counted),
        "cooccurrence.csv": cooccurrence_table(corpus, counted),
        "new_codes.csv": found.table,
        "new_codes_criteria.csv": found.criteria,
        "quotes.csv": quotes_table(corpus, study, counted),
        "framework_matrix.csv": framework_matrix(corpus, study, counted),
    }


def described(text: str, heading: str) -> list[str]:
    """Return the columns that docs/tables.md lists below a heading, in its order."""
    part = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| (?!column|field)(\w+) \|", part, re.M)


def test_every_table_that_notebooks_leave_is_described_with_exactly_its_columns(
    checkout: Path, small
) -> None:
    text = (checkout / "docs" / "tables.md").read_text("utf-8")
    small.edit("study.yml", "{counted: consensus}", "{counted: any}")
    made = made_tables(*small.both(saturation__run=True))
    written = "".join(path.read_text("utf-8") for path in (checkout / "notebooks").glob("0*.ipynb"))
    kept = set(re.findall(r'step\.keep\([^"]*\\"(\w+\.csv)\\"', written))

    assert len(kept) > 10
    assert kept <= set(made)
    assert {name: described(text, name) for name in made} == {name: [*frame] for name, frame in made.items()}


def test_results_and_decisions_are_described_with_exactly_their_columns(checkout: Path) -> None:
    text = (checkout / "docs" / "tables.md").read_text("utf-8")
    recorded = {*(each.name for each in fields(Result)), "notebook", "cell", "inputs"}

    assert set(described(text, "results.json")) == recorded
    assert described(text, "decisions/PERSON.csv") == [each.name for each in fields(Decision)]


def parts_of(kind: object) -> list[type[Part]]:
    """Return the parts of study.yml that an annotation holds, however it is wrapped."""
    if isinstance(kind, type):
        return [kind] if issubclass(kind, Part) else []
    return [part for inner in get_args(kind) for part in parts_of(inner)]


def settings_below(part: type[Part]) -> list[str]:
    """Return the names of all settings of a part and of the parts that it holds."""
    own = part.model_fields.items()
    return [
        each
        for name, told in own
        for each in (name, *(n for p in parts_of(told.annotation) for n in settings_below(p)))
    ]


@pytest.mark.parametrize(
    "setting", [name for name, told in Study.model_fields.items() if parts_of(told.annotation)]
)
def test_every_setting_within_a_setting_is_described_in_its_rows(checkout: Path, setting: str) -> None:
    """`where` stands in several places and is described once, below the table."""
    lines = (checkout / "docs" / "study-yml.md").read_text("utf-8").splitlines()
    told = "\n".join(line for line in lines if re.match(rf"\| `{setting}[`.]|`where`", line))
    below = [
        name for part in parts_of(Study.model_fields[setting].annotation) for name in settings_below(part)
    ]

    assert [name for name in below if not re.search(rf"`{name}[`:]", told)] == []


def test_every_measure_that_a_study_may_ask_for_is_explained(checkout: Path) -> None:
    text = (checkout / "docs" / "agreement.md").read_text("utf-8")
    explained = {"unanimous", "cohen_kappa_linear", "cohen_kappa_quadratic", "f1", "precision", "recall"}

    assert [name for name in set(MEASURES) - explained if f"`{name}`" not in text] == []


def test_links_lead_somewhere(checkout: Path) -> None:
    for page in [checkout / "README.md", *(checkout / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_no_file_names_a_machine_or_a_registry(checkout: Path) -> None:
    nowhere = (f"{checkout}/", *REGISTRIES)
    found = []
    for path in tracked(checkout):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", errors="replace")
            found += [f"{path.relative_to(checkout)}: {word}" for word in nowhere if word in text]
    assert found == []
