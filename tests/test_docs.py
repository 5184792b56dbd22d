"""The documentation names what is there, and the repository names no machine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from analysis.agreement.coefficients import MEASURES
from analysis.schemas import TABLES
from analysis.study import Study

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


def test_every_measure_that_a_study_may_ask_for_is_explained(checkout: Path) -> None:
    text = (checkout / "docs" / "agreement.md").read_text("utf-8")
    explained = {"unanimous", "cohen_kappa_linear", "cohen_kappa_quadratic", "f1", "precision", "recall"}

    assert [name for name in set(MEASURES) - explained if f"`{name}`" not in text] == []


def test_links_lead_somewhere(checkout: Path) -> None:
    for page in [checkout / "README.md", *(checkout / "docs").glob("*.md")]:
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
