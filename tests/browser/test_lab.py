"""Each notebook, opened in JupyterLab and run from top to bottom without an edit."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

NOTEBOOKS = ["01_prepare", "02_agreement", "03_themes", "04_framework", "05_report"]
RUN_ALL = "notebook:run-all-cells"
STATE = """() => {
    const panel = window.jupyterapp.shell.currentWidget;
    const cells = panel.content.widgets.filter(cell => cell.model.type === 'code');
    return {
        path: panel.context.path,
        kernel: panel.sessionContext.session?.kernel?.connectionStatus,
        counts: cells.map(cell => cell.model.executionCount),
        running: cells.some(cell => cell.model.executionState === 'running'),
        errors: cells.flatMap(cell => cell.model.outputs.toJSON())
            .filter(output => output.output_type === 'error').length,
        last: cells.at(-1).model.outputs.toJSON().map(o => JSON.stringify(o.data ?? {})).join(''),
    };
}"""


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_runs_from_top_to_bottom(browser, lab: str, name: str) -> None:
    page = browser.new_page(viewport={"width": 1400, "height": 1800})
    outside: list[str] = []
    page.on(
        "request",
        lambda r: None if r.url.startswith((lab, "ws://127", "data:", "blob:")) else outside.append(r.url),
    )
    page.goto(f"{lab}/lab/tree/notebooks/{name}.ipynb?reset")
    page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.context?.isReady", timeout=60_000)
    page.wait_for_function(f"() => ({STATE})().kernel === 'connected'", timeout=60_000)

    page.evaluate("() => window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    page.evaluate(f"() => window.jupyterapp.commands.execute('{RUN_ALL}')")
    page.wait_for_function(f"() => ({STATE})().last.includes('results recorded')", timeout=120_000)
    state = page.evaluate(STATE)

    assert state["errors"] == 0
    assert state["counts"] == list(range(1, len(state["counts"]) + 1))
    assert outside == []
    if "CONCORD_SCREENSHOTS" in os.environ:
        page.screenshot(path=Path(os.environ["CONCORD_SCREENSHOTS"]) / f"{name}.png")
    page.close()
