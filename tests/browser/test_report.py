"""The report as a reader has it: from disk, offline, by keyboard, every count opened to its segments."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from analysis.paths import Workspace
from analysis.report import Material, sections
from analysis.reportpage import page as made_page
from analysis.results import Step
from analysis.study import load_study

pytestmark = pytest.mark.browser

STUDIES = ["simon2021_simulated", "duffy2023_simulated"]
OF_VALUES = "krippendorff2011"  # its coders gave a value of one variable, no codes
CODE = {"simon2021_simulated": "capacity", "duffy2023_simulated": "training"}
AXE = {"rules": {"target-size": {"enabled": True}}}  # of WCAG 2.2 AA, which axe leaves out unless asked
LINKS = """() => [...document.querySelectorAll('a.count')].map((a) => {
    const cell = a.closest('td, th');
    const heading = cell.closest('table').tHead.rows[0].cells[cell.cellIndex].textContent;
    return [a.getAttribute('href'), a.textContent, heading];
})"""
OPENED = """async (href) => {
    location.hash = href;
    await new Promise((done) => setTimeout(done));
    const { open, dataset } = document.getElementById('evidence');
    return { open, rows: Number(dataset.rows), people: Number(dataset.people) };
}"""
CELLS_OF = """(caption) => [...document.querySelectorAll('table')]
    .filter((table) => table.caption?.textContent === caption)
    .flatMap((table) => [...table.querySelectorAll('tbody td')])
    .map((cell) => [cell.textContent.trim(), cell.querySelectorAll('a.count').length])"""


@pytest.fixture(scope="module")
def materials(checkout: Path) -> dict[str, Material]:
    """Return what the report of each study is made of."""
    workspace = Workspace(checkout)
    names = (*STUDIES, OF_VALUES)
    return {name: Material(Step(workspace, "05_report", load_study(workspace, name))) for name in names}


@pytest.fixture(scope="module")
def reports(materials: dict[str, Material], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the page of each study, as 05_report makes it."""
    folder = tmp_path_factory.mktemp("pages")
    found = {}
    for name, material in materials.items():
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
    for href, text, heading in page.evaluate(LINKS):
        found = page.evaluate(OPENED, href)
        assert found["open"], href
        if counts := re.match(r"(\d+) \((\d+)\)", text):  # participants, segments in brackets
            assert (found["people"], found["rows"]) == tuple(map(int, counts.groups())), href
        elif counts := re.fullmatch(r"\[(\d+)\]", text):  # segments behind a cell of the matrix
            assert found["rows"] == int(counts[1]), href
        elif text.isdecimal():
            assert found["people" if "participants" in heading else "rows"] == int(text), href
        else:
            assert href.startswith("#agreement"), href
            assert found["rows"] > 0, href


@pytest.mark.parametrize("name", STUDIES)
def test_every_count_of_the_theme_table_is_a_link(opened, name) -> None:
    found = opened(name).evaluate(CELLS_OF, "Who contributed to what")
    counts = [links for text, links in found if re.match(r"\d+ \(\d+\)", text)]

    assert len(counts) >= 16
    assert set(counts) == {1}


@pytest.mark.parametrize("name", STUDIES)
def test_every_cell_of_the_matrix_that_has_segments_is_a_link(opened, materials, name) -> None:
    found = opened(name).evaluate(CELLS_OF, "Framework matrix")
    matrix, charting = materials[name].matrix, materials[name].corpus.charting
    charted = matrix["code_id"].isin(charting["code_id"]) & (materials[name].study.method == "framework")

    assert sum(links for _, links in found) == (matrix.loc[charted, "n_segments"] > 0).sum()


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


def test_a_coder_is_chosen_by_what_they_gave(opened, materials) -> None:
    """Of a theme by marks with that theme; of a variable by a value, since it has no marks."""
    codes = materials["duffy2023_simulated"].corpus.codes.set_index("code_id")
    theme = re.escape(codes.loc["training", "name"])
    page = opened("duffy2023_simulated")
    page.evaluate(OPENED, "#segments?code=training&coder=A")
    marks = page.locator("#evidence li .marks").all_text_contents()
    assert marks
    assert all(re.search(rf"A: [^;]*{theme}", told) for told in marks)

    values = opened(OF_VALUES)
    whole = values.evaluate(OPENED, "#agreement?variable=rating")["rows"]
    gave = [values.evaluate(OPENED, f"#agreement?variable=rating&coder={coder}")["rows"] for coder in "ABCD"]
    assert 0 < min(gave) < whole
    assert values.evaluate(OPENED, "#agreement?variable=rating&coder=nobody")["rows"] == 0


def test_a_pair_opens_what_both_saw_and_a_theme_chosen_there_its_table(opened) -> None:
    page = opened("duffy2023_simulated")
    page.evaluate(OPENED, "#agreement?pair=A%7CB")
    saw = int(page.get_attribute("#evidence", "data-rows"))
    assert page.locator("#evidence td button").count() == 0

    page.select_option("#evidence select[name=code]", "training")
    page.wait_for_selector("#evidence td button")
    cells = page.eval_on_selector_all("#evidence td button", "all => all.map(b => Number(b.textContent))")
    assert sum(cells) == saw


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
    page = opened(name, color_scheme=scheme, bypass_csp=True)
    for href in ("", f"#segments?code={CODE[name]}&sub=1", f"#agreement?code={CODE[name]}"):
        if href:
            assert page.evaluate(OPENED, href)["rows"] > 0
        found = Axe().run(page, options=AXE).response
        assert [(each["id"], each["nodes"][0]["html"][:120]) for each in found["violations"]] == []
        assert "target-size" in {each["id"] for each in found["passes"]}


@pytest.mark.parametrize("width", [390, 1200])
def test_nothing_runs_off_the_side(opened, width) -> None:
    page = opened("simon2021_simulated", viewport={"width": width, "height": 900})

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if "CONCORD_SCREENSHOTS" in os.environ:
        page.screenshot(path=Path(os.environ["CONCORD_SCREENSHOTS"]) / f"report_{width}.png")


def test_it_prints_to_pages(opened, tmp_path) -> None:
    page = opened("simon2021_simulated")
    page.pdf(path=tmp_path / "report.pdf", format="A4")

    pages = int(re.search(rb"/Type /Pages\s*/Count (\d+)", (tmp_path / "report.pdf").read_bytes())[1])
    assert pages > 3
    assert (tmp_path / "report.pdf").stat().st_size > 20_000


@pytest.mark.parametrize("name", STUDIES)
def test_the_table_of_contents_leads_to_sections_and_opens_no_evidence(opened, name):
    page = opened(name)
    entries = page.locator("nav[aria-label=Contents] a")

    assert entries.count() > 5
    for entry in entries.all():
        entry.click()
        assert not page.evaluate("document.getElementById('evidence').open"), entry.get_attribute("href")
        place = page.locator(entry.get_attribute("href")).bounding_box()
        assert place is not None
        assert place["y"] < page.viewport_size["height"]
