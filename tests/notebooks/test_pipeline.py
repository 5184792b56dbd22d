"""The whole way, as its users go it: the committed notebooks, real kernels, the installed command."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

pytestmark = pytest.mark.notebooks

CONCORD = Path(sys.executable).with_name("concord")
STUDY = "simon2021_simulated"
GONE = "P04"
LEFT_ASIDE = ("/run.json", "reports/index.html")  # they say when


def concord(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Run the installed command on a workspace."""
    command = [CONCORD, "--root", root, *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})


def workspace(root: Path, checkout: Path, *studies: str) -> Path:
    """Return a new workspace with copies of bundled studies, run by this checkout's notebooks."""
    for study in studies:
        shutil.copytree(checkout / "data" / "raw" / study, root / "data" / "raw" / study)
    return root


def outputs(root: Path) -> dict[str, bytes]:
    """Return every derived and report file, those that may differ by time and place aside."""
    folders = [root / "data" / "derived", root / "reports"]
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    told = {p.relative_to(root).as_posix(): p for p in files}
    return {name: path.read_bytes() for name, path in told.items() if not name.endswith(LEFT_ASIDE)}


def of_study(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files of the one study that is run twice."""
    return {name: content for name, content in files.items() if f"/{STUDY}/" in name}


@pytest.fixture(scope="module")
def here(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace in which the study was reproduced."""
    root = workspace(tmp_path_factory.mktemp("here"), checkout, STUDY, "krippendorff2011")
    done = concord(root, "reproduce")
    assert done.returncode == 0, done.stdout + done.stderr
    return root


@pytest.fixture(scope="module")
def withdrawn(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the same, elsewhere, in another locale and zone, then again after a participant withdrew."""
    root = workspace(tmp_path_factory.mktemp("anderswo ü"), checkout, STUDY)
    odd = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "7", "COLUMNS": "31"}
    odd["CONCORD_WARM"] = "0"  # so that new kernels and forked ones are held against each other
    first = concord(root, "reproduce", "--jobs", "1", **odd)
    assert first.returncode == 0, first.stdout + first.stderr
    shutil.copytree(root / "data" / "derived", root / "before" / "data" / "derived")
    shutil.copytree(root / "reports", root / "before" / "reports")
    path = root / "data" / "raw" / STUDY / "source" / "cases.csv"
    cases = pd.read_csv(path, dtype=str, keep_default_na=False)
    cases.loc[cases["case_id"] == GONE, "withdrawn"] = "yes"
    cases.to_csv(path, index=False, lineterminator="\n")
    done = concord(root, "reproduce", STUDY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "cases.csv changed" in done.stdout
    return root


def test_two_folders_locales_and_time_zones_give_the_same_bytes(here: Path, withdrawn: Path) -> None:
    one, other = of_study(outputs(here)), of_study(outputs(withdrawn / "before"))

    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []


def test_new_kernels_and_forked_ones_give_the_same_bytes(here: Path, withdrawn: Path) -> None:
    def kernels(root: Path) -> set[str]:
        steps = json.loads((root / "reports" / STUDY / "run.json").read_text("utf-8"))["steps"]
        return {step["ran"]["kernel"] for step in steps.values()}

    assert kernels(withdrawn / "before") == {"new"}
    assert kernels(here) == ({"forked"} if sys.platform == "linux" else {"new"})
    one, other = of_study(outputs(here)), of_study(outputs(withdrawn / "before"))
    books = [name for name in one if name.endswith(".ipynb")]
    assert len(books) == 5
    for name in books:
        pairs = zip(json.loads(one[name])["cells"], json.loads(other[name])["cells"], strict=True)
        assert [a["id"] for a, b in pairs if a != b] == [], name


def test_the_report_stands_where_the_command_says(here: Path) -> None:
    done = concord(here, "reproduce")

    pages = [line.strip() for line in done.stdout.splitlines() if line.endswith("index.html")]
    assert pages == ["reports/krippendorff2011/index.html", f"reports/{STUDY}/index.html"]
    assert all((here / page).is_file() for page in pages)
    assert " run " not in done.stdout


def test_alpha_is_found_under_its_keys(here: Path) -> None:
    results = json.loads((here / "data/derived/krippendorff2011/results.json").read_text())
    values = {entry["key"]: entry["value"] for entry in results}

    assert round(values["agreement.rating.krippendorff_alpha"], 3) == 0.743
    assert round(values["agreement.rating.krippendorff_alpha[level=ordinal]"], 3) == 0.815
    assert round(values["agreement.rating.krippendorff_alpha[level=interval]"], 3) == 0.849
    assert round(values["agreement.rating.krippendorff_alpha[level=ratio]"], 3) == 0.797


def test_claims_of_a_simulated_study_hold_by_construction_alone(here: Path) -> None:
    done = concord(here, "verify", "--json")

    verdicts = [record for record in json.loads(done.stdout) if record["claim"]]
    assert done.returncode == 0
    assert {v["verdict"] for v in verdicts if v["study"] == STUDY} == {
        "holds_by_construction",
        "not_checkable",
    }
    assert {v["verdict"] for v in verdicts if v["study"] == "krippendorff2011"} == {
        "reproduced_at_printed_precision"
    }


def test_what_does_not_apply_is_said_and_not_started(here: Path) -> None:
    steps = json.loads((here / "reports/krippendorff2011/run.json").read_text())["steps"]
    told = {step["step"]: step for step in steps} if isinstance(steps, list) else steps

    assert "not part of" in json.dumps(told["04_framework"])
    assert not (here / "reports/krippendorff2011/notebooks/04_framework.ipynb").exists()


def test_simulated_data_say_so_wherever_they_show(here: Path) -> None:
    pages = [*(here / "reports" / STUDY).rglob("*.html"), *(here / "reports" / STUDY).rglob("*.svg")]

    assert len(pages) > 6
    assert [page.name for page in pages if "imulated" not in page.read_text("utf-8")] == []


def test_a_page_asks_for_nothing_from_outside(here: Path) -> None:
    for page in (here / "reports").rglob("*.html"):
        text = page.read_text("utf-8")
        assert "Content-Security-Policy" in text
        for asked in (
            'src="http',
            "src='http",
            '<link rel="stylesheet"',
            "<script src",
            "@import",
            "url(http",
        ):
            assert asked not in text, page.name


def test_a_withdrawn_participant_is_in_no_byte(withdrawn: Path) -> None:
    for name, content in outputs(withdrawn).items():
        if STUDY not in name:
            continue
        if name.endswith(".parquet"):
            frame = pd.read_parquet(withdrawn / name).astype("string")
            found = [column for column in frame if frame[column].str.contains(GONE).any()]
            assert found == [], name
        else:
            assert GONE.encode() not in content, name


def test_a_withdrawal_is_counted_without_a_name(withdrawn: Path) -> None:
    facts = json.loads((withdrawn / "data/derived" / STUDY / "imports.json").read_text())

    assert facts["withdrawn"] == 1
    assert "1 participants withdrew" in (withdrawn / "reports" / STUDY / "index.html").read_text("utf-8")


def test_a_changed_rating_is_seen_and_its_claim_fails(here: Path, tmp_path: Path) -> None:
    root = tmp_path / "changed"
    shutil.copytree(here, root)
    path = root / "data/raw/krippendorff2011/source/ratings.csv"
    text = path.read_text()
    assert text.count("\n7,4,4,4,4") == 1
    path.write_text(text.replace("\n7,4,4,4,4", "\n7,4,4,4,1"))

    done = concord(root, "verify", "krippendorff2011")

    assert done.returncode == 1
    assert "ratings.csv changed" in done.stdout
    assert "differs" in done.stdout
    assert "claim" in done.stderr


def test_an_override_reaches_the_numbers(here: Path, tmp_path: Path) -> None:
    """A setting of study.yml changed by hand makes 02 run again and give other units."""
    root = tmp_path / "by_case"
    shutil.copytree(here, root)
    path = root / "data/raw" / STUDY / "study.yml"
    study = yaml.safe_load(path.read_text())
    study["agreement"]["unit"] = "case"
    path.write_text(yaml.safe_dump(study, sort_keys=False))

    done = concord(root, "reproduce", STUDY)

    assert "run 02_agreement (setting agreement.unit changed" in done.stdout
    assert "skip 03_themes (unchanged)" in done.stdout
    table = pd.read_csv(root / "data/derived" / STUDY / "agreement.csv")
    assert set(table["unit"]) == {"case"}
