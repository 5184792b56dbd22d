"""Every command that README and the documentation name is there, with the options that they name."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer

from analysis.cli import app

CHECKOUT = Path(__file__).parents[2]
PAGES = [CHECKOUT / "README.md", CHECKOUT / "CHANGELOG.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]
COMMAND = typer.main.get_command(app)
NAMED = re.compile(r"(?:`|^\$ |^)(?:\.venv/bin/)?concord ([^`\n;]+)", re.M)


def named() -> list[tuple[str, str]]:
    """Return page and command of every command that stands in code, in a line or in a block."""
    return [(page.name, said.strip()) for page in PAGES for said in NAMED.findall(page.read_text("utf-8"))]


def unknown(said: str) -> str | None:
    """Return the first word of a command line that `concord` does not know, None where it knows them all."""
    words = shlex.split(said)
    command = COMMAND
    while words:
        word = words.pop(0)
        options = {
            flag: option for option in command.params for flag in (*option.opts, *option.secondary_opts)
        }
        if word.startswith("-"):
            if word not in options:
                return word
            if words and not options[word].is_flag:
                words.pop(0)
        elif below := getattr(command, "commands", None):
            if word not in below:
                return word
            command = below[word]
    return None


def test_every_named_command_is_known() -> None:
    found = named()

    assert len(found) > 50
    assert [f"{page}: concord {said}" for page, said in found if unknown(said)] == []


def test_a_command_or_option_that_is_not_there_is_found_out() -> None:
    assert unknown("vreify x") == "vreify"
    assert unknown("--root paper verify x --leave-two-out") == "--leave-two-out"
    assert unknown("differences exprot x") == "exprot"


def block_after(page: str, heading: str) -> list[str]:
    part = (CHECKOUT / page).read_text("utf-8").split(f"## {heading}\n")[1].split("```")[1]
    return [line.removeprefix("concord ") for line in part.splitlines() if line.startswith("concord ")]


def test_the_commands_for_a_plain_file_work(warm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three coders, six units; in the second file of three participants."""
    ratings = ["1,1,2", "2,2,2", "3,3,3", "1,2,1", "2,2,2", "1,1,1"]
    rated = [f"{n},{each}" for n, each in enumerate(ratings)]
    of_whom = [f"{n},P{n // 2},{each}" for n, each in enumerate(ratings)]
    (tmp_path / "ratings.csv").write_text("\n".join(["unit,A,B,C", *rated]) + "\n")
    (tmp_path / "interviews.csv").write_text("\n".join(["unit,participant,A,B,C", *of_whom]) + "\n")
    monkeypatch.chdir(tmp_path)
    told = block_after("docs/agreement.md", "From a plain file")

    assert len(told) == 2
    for said in told:
        done = warm(*shlex.split(said), root=tmp_path)
        assert done.returncode == 0, f"concord {said}\n{done.stderr}"


def test_the_study_of_readme_is_made_and_in_order(warm, tmp_path: Path) -> None:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    text = (CHECKOUT / "README.md").read_text("utf-8")

    for said in ("new NAME", "check NAME"):
        assert f"concord {said}`" in text
        done = warm(*said.split(), root=tmp_path)
        assert done.returncode == 0, done.stderr
