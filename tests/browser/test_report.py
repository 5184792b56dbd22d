"""The report as a reader has it: from disk, offline, by keyboard, every count opened to its segments."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from analysis.paths import Workspace
from analysis.report import Material, sections
from analysis.reportpage import page as made_page
from analysis.results import Step
from analysis.study import load_study

pytestmark = pytest.mark.browser

STUDIES = ["simon2021_simulated", "duffy2023_simulated"]
OPENED = """async (href) => {
    location.hash = href;
    await new Promise((done) => setTimeout(done));
    const { open, dataset } = document.getElementById('evidence');
    return { open, rows: Number(dataset.rows), people: Number(dataset.people) };
}"""


@pytest.fixture(scope="module")
def reports(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the page of each simulated study, as 05_report makes it."""
    folder, workspace = tmp_path_factory.mktemp("pages"), Workspace(checkout)
    found = {}
    for name in STUDIES:
        material = Material(Step(workspace, "05_report", load_study(workspace, name)))
        text = made_page(material.study, material.step.banner, sections(material), material.evidence)
        found[name] = folder / f"{name}.html"
        found[name].write_text(text, "utf-8")
    return found


@pytest.fixture
def opened(browser, reports):
    """Open a report with the network cut off; nothing may be asked for and nothing may go wrong."""
    contexts, troubles = [], []

    def open_(name: str, **settings: object):
        context = browser.new_context(offline=True, **settings)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console", lambda told: troubles.append(told.text) if told.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda r: None if r.url.startswith(("file:", "data:")) else troubles.append(r.url))
        page.goto(reports[name].as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.mark.parametrize("name", STUDIES)
def test_every_count_opens_as_many_segments_and_participants_as_it_says(opened, name) -> None:
    page = opened(name)
    links = page.eval_on_selector_all(
        "a.count", "found => found.map(a => [a.getAttribute('href'), a.textContent])"
    )
    checked = 0
    for href, text in links:
        found = page.evaluate(OPENED, href)
        assert found["open"], href
        if counts := re.match(r"(\d+) \((\d+)\)", text):  # participants, segments in brackets
            assert (found["people"], found["rows"]) == tuple(map(int, counts.groups())), href
            checked += 1
        elif counts := re.fullmatch(r"\[(\d+)\]", text):  # segments behind a cell of the matrix
            assert found["rows"] == int(counts[1]), href
            checked += 1
    assert checked > 40


def test_it_is_read_by_keyboard(opened) -> None:
    page = opened("duffy2023_simulated", viewport={"width": 1200, "height": 900})
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    link = page.locator("a.count", has_text=re.compile(r"^[1-9]\d* \(")).first
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#evidence[open] li")
    assert page.evaluate("document.getElementById('evidence').contains(document.activeElement)")
    page.keyboard.press("Escape")
    page.wait_for_selector("#evidence", state="hidden")
    assert page.evaluate("document.activeElement.className") == "count"
    assert "#" not in page.url


def test_filters_search_and_links_open_the_same_place(opened) -> None:
    page = opened("duffy2023_simulated")
    page.evaluate(OPENED, "#segments?code=training&sub=1")
    whole = int(page.get_attribute("#evidence", "data-rows"))
    page.select_option("#evidence select[name=group]", "provider")
    page.wait_for_function(f"Number(document.getElementById('evidence').dataset.rows) < {whole}")
    page.select_option("#evidence select[name=coder]", "A")
    page.fill("#evidence input[name=q]", "training")
    narrow = page.evaluate("document.getElementById('evidence').dataset.rows")
    shown = page.locator("#evidence li blockquote").all_inner_texts()
    assert shown
    assert all("training" in text.lower() for text in shown)

    address = page.evaluate("location.href")
    again = page.context.new_page()
    again.goto(address)
    again.wait_for_selector("#evidence[open]")
    assert again.evaluate("document.getElementById('evidence').dataset.rows") == narrow


def test_a_coefficient_opens_its_table_and_a_cell_its_segments(opened) -> None:
    page = opened("duffy2023_simulated")
    page.evaluate(OPENED, "#agreement?code=training")
    page.wait_for_selector("#evidence td button")
    cells = page.eval_on_selector_all("#evidence td button", "all => all.map(b => Number(b.textContent))")
    assert sum(cells) == int(page.get_attribute("#evidence", "data-rows"))
    for n, count in enumerate(cells):
        page.locator("#evidence td button").nth(n).click()
        assert int(page.get_attribute("#evidence", "data-rows")) == count


def test_a_link_to_what_is_not_there_says_so_and_lists_nothing(opened) -> None:
    page = opened("duffy2023_simulated")
    found = page.evaluate(OPENED, "#segments?code=nonesuch")

    assert (found["open"], found["rows"]) == (True, 0)
    assert "not in this report" in page.inner_text("#evidence-title")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", STUDIES)
def test_axe_finds_no_violation(opened, name, scheme) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = opened(name, color_scheme=scheme, bypass_csp=True)
    for href in ("", "#segments?code=training&sub=1"):
        if href:
            page.evaluate(OPENED, href)
        found = axe.Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"][:120]) for each in found] == []


@pytest.mark.parametrize("width", [390, 1200])
def test_nothing_runs_off_the_side(opened, width) -> None:
    page = opened("simon2021_simulated", viewport={"width": width, "height": 900})

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if "CONCORD_SCREENSHOTS" in os.environ:
        page.screenshot(path=Path(os.environ["CONCORD_SCREENSHOTS"]) / f"report_{width}.png")


def test_it_prints_to_pages(opened, tmp_path) -> None:
    page = opened("simon2021_simulated")
    page.pdf(path=tmp_path / "report.pdf", format="A4")

    assert (tmp_path / "report.pdf").read_bytes().count(b"/Type /Page\n") != 1
    assert (tmp_path / "report.pdf").stat().st_size > 20_000
