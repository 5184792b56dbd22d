"""Resolving differences in JupyterLab: typed through, the kernel killed in the middle, nothing lost."""

from __future__ import annotations

import os
import re
import shutil
import signal
from pathlib import Path

import pytest

from analysis.consensus import settled_corpus
from analysis.ledger import Ledger
from analysis.panel import ASSETS
from analysis.paths import Workspace
from analysis.review import Review, open_review
from analysis.study import load_study

pytestmark = pytest.mark.browser

STUDY = "duffy2023_simulated"
SEGMENTS = 20


@pytest.fixture
def workspace(lab_root: Path) -> Workspace:
    return Workspace(lab_root)


def opened(page, lab: str) -> None:
    """Open the notebook for one person and run it from top to bottom."""
    page.goto(f"{lab}/lab/tree/notebooks/lab/differences.ipynb?reset")
    page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.context?.isReady", timeout=60_000)
    run_all(page)


def run_all(page) -> None:
    page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.connectionStatus"
        " === 'connected'",
        timeout=60_000,
    )
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_selector(".concord-panel .counts", timeout=90_000)


def said(page) -> str:
    return page.inner_text(".concord-panel .message")


def answered(page, n: int, why: str) -> None:
    """Type an answer and a reason, and wait until the panel says that it is kept."""
    where = page.inner_text(".concord-panel .place")
    page.focus(".concord-panel")
    page.keyboard.press(str(n))
    page.keyboard.type(why)
    page.keyboard.press("Enter")
    page.wait_for_function(
        "([place]) => { const panel = document.querySelector('.concord-panel');"
        " return panel.querySelector('.message').textContent.startsWith('Kept')"
        " && panel.querySelector('.place').textContent !== place; }",
        arg=[where],
        timeout=20_000,
    )


def kill_kernel(page) -> None:
    """End the kernel of the notebook without warning, as a crash would."""
    name = page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.id")
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = entry.read_bytes()
        except OSError:
            continue
        if f"kernel-{name}".encode() in command:
            os.kill(int(entry.parent.name), signal.SIGKILL)
            return
    pytest.fail("the kernel's process was not found")


def prepared(workspace: Workspace) -> Review:
    """Point the notebook at the study and the person, as an analyst would edit its parameters."""
    path = workspace.notebooks / "lab" / "differences.ipynb"
    text = path.read_text("utf-8")
    text = text.replace("simon2021_simulated", STUDY).replace('by: str = \\"me\\"', 'by: str = \\"ana\\"')
    path.write_text(text, "utf-8")
    shutil.rmtree(workspace.decisions(STUDY), ignore_errors=True)
    return open_review(workspace, STUDY, "ana")


VIEW = {
    "by": "ana", "message": "", "failed": False, "serial": 1, "at": 0, "n": 2, "undo": False,
    "counts": {"open": 2, "decided": 0, "conflict": 0},
    "choices": {"code": [], "pair": [], "document": [], "state": []},
    "chosen": {"code": "", "pair": "", "document": "", "state": ""},
    "item": {
        "place": 0, "state": "open", "name": "Waiting", "code": "waiting", "unit": "s1", "definition": "",
        "document": "D1", "participant": "P1", "speaker": "", "marks": [], "choices": ["no", "yes"],
        "passage": {"before": "", "text": "words", "after": ""}, "earlier": [],
    },
}  # fmt: skip
ALONE = """async ([script, view]) => {
    const address = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
    const { default: panel } = await import(address);
    const heard = {};
    window.sent = [];
    window.answer = (changes) => { Object.assign(view, changes); heard['change:view'](); };
    const model = { get: () => view, on: (name, f) => { heard[name] = f; }, off: () => {},
        send: (message) => { if (window.broken) throw Error('Cannot send'); window.sent.push(message); } };
    panel.render({ model, el: document.body });
}"""


@pytest.fixture
def alone(browser):
    """Return the panel without JupyterLab: `sent` holds what it asks for, `answer` plays the kernel."""
    page = browser.new_page()
    page.evaluate(ALONE, [ASSETS.joinpath("panel.js").read_text("utf-8"), VIEW])
    page.focus(".concord-panel")
    yield page
    page.close()


def test_enter_pressed_twice_asks_once_until_there_is_an_answer(alone) -> None:
    alone.keyboard.press("2")
    alone.keyboard.type("as defined")
    alone.keyboard.press("Enter")
    alone.keyboard.press("Enter")
    alone.locator(".concord-panel .keep").click()
    assert alone.evaluate("sent") == [{"do": "decide", "place": 0, "after": "yes", "why": "as defined"}]

    alone.evaluate("answer({ message: 'Kept' })")
    alone.focus(".concord-panel")
    alone.keyboard.press("j")
    assert alone.evaluate("sent.at(-1)") == {"do": "move", "by": 1}


def test_a_kernel_that_does_not_answer_is_not_said_to_have_kept_nothing(alone) -> None:
    alone.clock.install()
    alone.keyboard.press("2")
    alone.keyboard.type("as defined")
    alone.keyboard.press("Enter")
    alone.clock.run_for(6500)

    assert said(alone).startswith("No answer from the kernel")
    assert "nothing was kept" not in said(alone)


def test_what_cannot_be_sent_is_said_to_be_not_sent(alone) -> None:
    alone.evaluate("broken = true")
    alone.keyboard.press("2")
    alone.keyboard.type("as defined")
    alone.keyboard.press("Enter")
    assert said(alone).startswith("Not sent: the kernel has ended.")
    assert alone.input_value(".concord-panel .reason") == "as defined"

    alone.evaluate("broken = false")
    alone.keyboard.press("Enter")
    assert alone.evaluate("sent.length") == 1


def test_twenty_segments_are_settled_by_keyboard_and_survive_a_killed_kernel(browser, lab, workspace) -> None:
    review = prepared(workspace)
    expected = {}
    page = browser.new_page(viewport={"width": 1500, "height": 1100})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(f"{error.message}\n{error.stack}"))
    opened(page, lab)
    assert f"{len(review.items)} open" in page.inner_text(".concord-panel .counts")

    for place in range(SEGMENTS // 2):
        answered(page, 1 + place % 2, f"reason {place}")
        expected[review.items[place].question] = ("no", "yes")[place % 2]
    if "CONCORD_SCREENSHOTS" in os.environ:
        page.screenshot(path=Path(os.environ["CONCORD_SCREENSHOTS"]) / "panel.png")
    kill_kernel(page)
    assert len(review.taken()) == SEGMENTS // 2

    page.focus(".concord-panel")
    page.keyboard.press("1")
    page.keyboard.type("into the void")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "() => /^(No answer|Not sent)/.test(document.querySelector('.concord-panel .message').textContent)",
        timeout=20_000,
    )
    opened(page, lab)
    # JupyterLab has its own to say about a kernel that is gone; the panel's module is a blob
    errors[:] = [each for each in errors if "blob:" in each]
    page.select_option(".concord-panel select[name=state]", "open")
    left = len(review.items) - SEGMENTS // 2
    page.wait_for_function(
        f"() => document.querySelector('.concord-panel .place').textContent === '1 of {left}'", timeout=20_000
    )
    for place in range(SEGMENTS // 2, SEGMENTS):
        page.locator(".concord-panel .answers button").nth(1).click()
        page.fill(".concord-panel .reason", "by mouse")
        page.locator(".concord-panel .keep").click()
        page.wait_for_function(
            f"() => document.querySelector('.concord-panel .counts').textContent.startsWith"
            f"('{len(review.items) - place - 1} open')",
            timeout=20_000,
        )
        expected[review.items[place].question] = "yes"
    page.focus(".concord-panel")
    page.keyboard.press("u")
    page.wait_for_function(
        "() => document.querySelector('.concord-panel .message').textContent.startsWith('Taken back')",
        timeout=20_000,
    )
    del expected[review.items[SEGMENTS - 1].question]
    page.close()

    taken = review.taken()
    assert errors == []
    assert len(taken) == SEGMENTS + 1
    told = {d.question: d.after for d in taken if d.after}
    told.pop(review.items[SEGMENTS - 1].question)
    assert told == expected
    assert not [d for d in taken if "void" in d.why]
    assert_consensus_as_by_hand(workspace, expected)


def assert_consensus_as_by_hand(workspace: Workspace, expected: dict) -> None:
    """Every decided question stands in the consensus as decided, whatever was there before."""
    corpus = settled_corpus(workspace, load_study(workspace, STUDY))
    settled = corpus.of("codes", "consensus")
    present = set(settled[["segment_id", "value"]].itertuples(index=False, name=None))
    for question, after in expected.items():
        assert ((question.unit_id, question.code_id) in present) == (after == "yes")
    assert re.fullmatch(r"[0-9a-f]{16}", Ledger(workspace.decisions(STUDY)).read()[0].id)
