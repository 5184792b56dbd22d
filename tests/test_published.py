"""Planted words and small counts, searched for in every byte that a study publishes.

The notebooks run cell by cell in this process, without a kernel; what they show and every file that they
leave for readers is searched, packed files unpacked.
"""

from __future__ import annotations

import ast
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.disclosure import POLICIES

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("0*.ipynb"))
HIDING = sorted(name for name, policy in POLICIES.items() if not policy.counts_as_they_are)

QUICK = ("nhs_mental_health",)

CODES = {"waiting": "qxwait", "contact": "qxcall", "cost": "qxfare", "access": "qxdoor"}
NAMES = {"Getting in": "Zvdoor", "Waiting": "Zvwait", "Contact": "Zvcall", "Cost": "Zvfare"}
CLAIMS = """\
- {id: one, result: themes.qxwait.patient.n_cases, printed: "2"}
- {id: two, result: themes.qxnone.n_cases, printed: "7"}
- {id: three, result: cases.n, printed: "3"}
"""


@pytest.fixture
def planted(small):
    """Return the small study with words that stand nowhere else: codes, names, documents, speakers."""
    small.settings = small.settings.replace("method: codebook", "method: framework")
    small.settings = small.settings.replace(
        "themes: {counted: consensus}", "themes: {counted: any}\nsaturation: {run: true}"
    )
    for file, text in small.files.items():
        for old, new in {**CODES, "P2": "Pzw2", "D2": "Dzw2"}.items():
            text = re.sub(rf"\b{old}\b", new, text)
        small.files[file] = text
    for old, new in NAMES.items():
        small.files["codes.csv"] = small.files["codes.csv"].replace(f",{old},", f",{new},")
    small.files["documents.csv"] = small.files["documents.csv"].replace("Interview ", "Talkzv ")
    small.files["turns.csv"] = small.files["turns.csv"].replace("participant", "Spkzv")
    small.raw.mkdir(parents=True)
    (small.raw / "claims.yml").write_text(CLAIMS, encoding="utf-8")
    return small


@pytest.fixture
def publish(monkeypatch):
    """Return a maker of everything that a study publishes: name -> bytes."""

    def made(small, only: tuple[str, ...] = (), **overrides: object) -> dict[str, bytes]:
        small.write()
        monkeypatch.setenv("CONCORD_ROOT", str(small.root))
        monkeypatch.delenv("CONCORD_STAGE", raising=False)
        named = {name.replace("__", "."): value for name, value in overrides.items()}
        found = {
            f"{path.name}:{cell}": shown.encode()
            for path in NOTEBOOKS
            if not only or path.stem in only
            for cell, shown in _outputs(path, "small", named)
        }
        reports = small.root / ".lab" / "small" / "reports"
        for path in sorted(each for each in reports.rglob("*") if each.is_file()):
            found |= _unpacked(path.relative_to(reports).as_posix(), path.read_bytes())
        return found

    return made


def holding(files: dict[str, bytes], *canaries: str) -> list[str]:
    """Return which canaries stand in which files, whatever their case."""
    texts = {name: content.decode("utf-8", "replace").casefold() for name, content in files.items()}
    return [
        f"{canary} in {name}"
        for name, text in texts.items()
        for canary in canaries
        if canary.casefold() in text
    ]


def _outputs(path: Path, study: str, overrides: dict[str, object]) -> list[tuple[str, str]]:
    names: dict[str, Any] = {"study": study, "overrides": overrides}
    outputs = []
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code" and cell["id"] != "parameters":
            shown = _run("".join(cell["source"]), names)
            told = shown._repr_html_() if hasattr(shown, "_repr_html_") else ""
            outputs.append((cell["id"], f"{told or ''}\n{shown!r}"))
    return outputs


def _run(source: str, names: dict[str, Any]) -> Any:
    """Run a cell; return the value of its last line where that is an expression."""
    body = ast.parse(source).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None


def _unpacked(name: str, content: bytes) -> dict[str, bytes]:
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return {name: content}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {f"{name}/{each}": archive.read(each) for each in archive.namelist()}


def test_what_consent_and_policy_allow_is_published_and_nothing_else(planted, publish):
    """P1 agreed, P2 withdrew, P3 agreed to nothing."""
    planted.edit("cases.csv", "Pzw2,patient,2,no,yes,no,south", "Pzw2,patient,2,yes,yes,yes,south")
    planted.edit("cases.csv", "P3,staff,3,yes,no,no,north", "P3,staff,3,no,no,no,north")
    files = publish(planted)

    for canary in (planted.secret, "Zvwait", "qxwait", "waited for"):
        assert holding(files, canary), canary
    assert {"index.html", "methods.md", "figures/themes.svg", "figures/themes.csv"} <= set(files)
    assert any(name.startswith("framework_matrix.xlsx/") for name in files)
    assert holding(files, "Pzw2", "Dzw2", "she said", "sat there", "fare alone", "Talkzv 2") == []
    assert holding(files, "We have no money", "thing to say") == []


def test_words_of_somebody_who_withdrew_leave_the_text_that_others_share(planted, publish):
    """P1 and P2 spoke in one group; nothing of P2 stays in what is kept or published."""
    document = planted.rows("documents")
    planted.put("documents", [document[0], [document[1][0], "", *document[1][2:]], *document[2:]])
    cases = {"P1-3": "Pzw2", "Pzw2-1": "", "Pzw2-2": "Pzw2", "Pzw2-3": "Pzw2"}
    rows = planted.rows("segments")
    whose = [[*row, cases.get(row[0], row[0].split("-")[0])] for row in rows[1:]]
    planted.put("segments", [[*rows[0], "case_id"], *whose])
    planted.edit("cases.csv", "Pzw2,patient,2,no,yes,no,south", "Pzw2,patient,2,yes,yes,yes,south")
    files = publish(planted, only=("01_prepare", "05_report"))
    kept = (planted.root / ".lab" / "small" / "derived").glob("*.parquet")
    files |= {path.name: pd.read_parquet(path).to_csv().encode() for path in kept}

    assert holding(files, "waited for")
    assert holding(files, "rang back", "gave up", "Pzw2") == []


def test_text_free_publishes_no_text_no_name_of_a_code_and_nobodys_words(planted, publish):
    files = publish(planted, disclosure__policy="text_free")
    words = [planted.secret, "waited", "Nobody rang", "she said", "café", "Summary:", "first thought"]
    words += [*NAMES.values(), *CODES.values(), "Talkzv", "Spkzv"]

    assert holding(files, *words) == []


@pytest.mark.parametrize(
    "policy", [pytest.param(name, marks=() if name in QUICK else pytest.mark.soak) for name in HIDING]
)
def test_no_small_count_and_nobodys_line_is_published_where_the_policy_hides_them(planted, publish, policy):
    """Three participants: every count of a code is small under every policy, and all but zero are hidden."""
    files = publish(planted, disclosure__policy=policy)

    sizes = "patient 2, staff 1"  # of groups: printed under every policy
    assert sizes.encode() in files["methods.md"]
    files = {name: content.replace(sizes.encode(), b"") for name, content in files.items()}
    assert holding(files, "patient 1", "patient 2", "staff 1", "P1-2", "Pzw2", "waited for") == []
    table = pd.read_csv(io.BytesIO(files["figures/themes.csv"]))
    allowed = set() if POLICIES[policy].hides_zero else {0}
    if policy == "opensafely_midpoint6":
        allowed |= {3}
    assert set(table["n_cases"].dropna()) <= allowed
    page = files["index.html"].decode()
    assert "[not shown]" in re.search(r"<tr><th[^>]*>one</th>.*?</tr>", page, re.DOTALL).group()
    assert "[not shown]" not in re.search(r"<tr><th[^>]*>three</th>.*?</tr>", page, re.DOTALL).group()
