"""environment.yml, pyproject.toml and requirements.lock say the same; what is imported is declared."""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

CARD = {"jupyterlab", "papermill", "pandas", "matplotlib", "krippendorff", "pytest", "nbval"}
IMPORTED_AS = {"yaml": "pyyaml", "docx": "python-docx"}


def conda_requirement(line: str) -> Requirement:
    """Return a line of environment.yml as a requirement; conda's single = is a prefix."""
    return Requirement(re.sub(r"(?<![<>=!~])=(?!=)([\w.]+)$", r"==\1.*", line.split("::")[-1]))


def environment(folder: Path) -> dict[str, Requirement]:
    """Return name -> requirement of environment.yml, its pip list included."""
    lines = yaml.safe_load((folder / "environment.yml").read_text())["dependencies"]
    plain = [line for line in lines if isinstance(line, str)]
    plain += [line for entry in lines if isinstance(entry, dict) for line in entry["pip"]]
    found = [conda_requirement(line) for line in plain if not line.startswith("-e")]
    return {canonicalize_name(each.name): each for each in found}


def project(folder: Path) -> dict[str, Requirement]:
    """Return name -> requirement of pyproject.toml, extras included."""
    data = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    lines = [
        *data["dependencies"],
        *(line for extra in data["optional-dependencies"].values() for line in extra),
    ]
    return {canonicalize_name(Requirement(line).name): Requirement(line) for line in lines}


def lock(folder: Path) -> dict[str, list[Version]]:
    """Return name -> versions of requirements.lock (a name may be pinned once a Python version)."""
    pins: dict[str, list[Version]] = {}
    for line in (folder / "requirements.lock").read_text().splitlines():
        if "==" in line and not line.startswith((" ", "#")):
            name, version = line.split(";")[0].strip(" \\").split("==")
            pins.setdefault(canonicalize_name(name), []).append(Version(version.strip()))
    return pins


def disagreements(folder: Path) -> list[str]:
    """Return every way in which the three files contradict each other."""
    conda, declared, pinned = environment(folder), project(folder), lock(folder)
    tools = {"python", "pip"}
    found = [f"{n} is in environment.yml alone" for n in conda.keys() - declared.keys() - tools]
    found += [f"{n} is in pyproject.toml alone" for n in declared.keys() - conda.keys()]
    for origin in (conda, declared):
        for name, requirement in origin.items():
            if name in tools:
                continue
            versions = pinned.get(name, [])
            if not versions:
                found.append(f"{name} is not locked")
            found += [f"{name} is locked at {v}" for v in versions if v not in requirement.specifier]
    return found


def modules_imported(source: str) -> set[str]:
    """Return the top-level modules that Python code imports."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(str(node.module).split(".")[0])
    return names


def sources(folder: Path) -> list[str]:
    """Return the code of the package and of the notebooks' code cells."""
    package = [path.read_text("utf-8") for path in sorted((folder / "src").rglob("*.py"))]
    books = [json.loads(path.read_text("utf-8")) for path in sorted((folder / "notebooks").rglob("*.ipynb"))]
    cells = [cell for book in books for cell in book["cells"] if cell["cell_type"] == "code"]
    return package + ["".join(cell["source"]) for cell in cells]


def test_the_three_files_agree(checkout: Path) -> None:
    assert disagreements(checkout) == []


def test_environment_names_the_seven_packages(checkout: Path) -> None:
    assert environment(checkout).keys() >= CARD


def test_the_python_of_environment_fits_the_project(checkout: Path) -> None:
    data = tomllib.loads((checkout / "pyproject.toml").read_text())["project"]
    line = next(
        line
        for line in yaml.safe_load((checkout / "environment.yml").read_text())["dependencies"]
        if str(line).startswith("python")
    )
    assert Version(line.split("=")[-1]) in SpecifierSet(data["requires-python"])


def test_every_import_is_declared(checkout: Path) -> None:
    imported = set().union(*map(modules_imported, sources(checkout)))
    third_party = imported - set(sys.stdlib_module_names) - {"analysis", "__future__"}
    names = {canonicalize_name(IMPORTED_AS.get(name, name)) for name in third_party}

    assert names - project(checkout).keys() == set()


def test_the_lock_holds_hashes_and_no_address(checkout: Path) -> None:
    text = (checkout / "requirements.lock").read_text()

    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|file:", text)
    pins = len(re.findall(r"^[A-Za-z0-9].*==", text, re.M))
    assert pins > 100
    assert len(re.findall(r"^[A-Za-z0-9].*== *[^\n]*\\\n +--hash=sha256:", text, re.M)) == pins


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("environment.yml", "pandas>=3.0", "pandas=2.3", "pandas is locked at"),
        ("environment.yml", "  - jinja2>=3.1\n", "", "jinja2 is in pyproject.toml alone"),
        ("pyproject.toml", '    "jinja2>=3.1",\n', "", "jinja2 is in environment.yml alone"),
        ("requirements.lock", "jinja2==", "jinja3==", "jinja2 is not locked"),
    ],
)
def test_a_planted_contradiction_is_named(
    checkout: Path, tmp_path: Path, file: str, old: str, new: str, said: str
) -> None:
    for name in ("environment.yml", "pyproject.toml", "requirements.lock"):
        text = (checkout / name).read_text()
        assert name != file or old in text
        (tmp_path / name).write_text(text.replace(old, new) if name == file else text)

    assert any(said in each for each in disagreements(tmp_path))
