"""A notebook's page, and how one is made from another from which few cells differ."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from analysis import normalform, notebookpage
from analysis.passedover import SLOW, passed_over

TITLE = "01_prepare: Talks & <more>"


def code(cell: str, source: str, *outputs: dict) -> dict:
    return {
        "cell_type": "code",
        "id": cell,
        "metadata": {"tags": ["parameters"]} if cell == "parameters" else {},
        "source": source,
        "execution_count": 1,
        "outputs": list(outputs),
    }


def html(text: str) -> dict:
    return {"output_type": "display_data", "data": {"text/html": text}, "metadata": {}}


def book(seed: int, *more: dict, opening: str = "# A *question*?") -> dict:
    cells = [
        {"cell_type": "markdown", "id": "question", "metadata": {}, "source": opening},
        code("parameters", f"study: str = 'x'  # a & b\noverrides: dict = {{'seed': {seed}}}"),
        code("table", "show()", html("<table><tr><td>1 &lt; 2<td>é</table><img src='data:,'>")),
        *more,
    ]
    return normalform.normal_form({"cells": cells, "metadata": {}})


def amended(folder: Path, before: dict, after: dict, title: str = TITLE) -> str:
    """Return the page of `after`, made from the one that was left for `before`."""
    copy = folder / "01_prepare.ipynb"
    notebookpage.leave(before, TITLE, copy)
    notebookpage.amend(after, title, copy)
    assert normalform.load(copy) == normalform.joined(after)
    return copy.with_suffix(".html").read_text("utf-8")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return how many cells each page had that was made."""
    counts: list[int] = []
    real = notebookpage.render

    def counted(nb: dict, title: str) -> str:
        counts.append(len(nb["cells"]))
        return real(nb, title)

    monkeypatch.setattr(notebookpage, "render", counted)
    return counts


def test_a_page_made_from_another_is_the_page_made_anew(tmp_path: Path, made: list[int]) -> None:
    page = amended(tmp_path, book(1), book(22))
    assert made == [3, 1, 1]
    assert page == notebookpage.render(book(22), TITLE)
    assert "22" in page


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (book(1), book(2, code("last", "1"))),
        (book(1, code("last", "1")), book(2)),
        (book(1, code("last", "1")), book(1, code("other", "1"))),
        (book(1, opening="<div><pre>"), book(2, opening="<div><pre>")),
        (book(1), book(1)),
    ],
    ids=["cell more", "cell less", "cell called otherwise", "tag left open", "the same"],
)
def test_whatever_differs_the_page_is_the_one_made_anew(tmp_path: Path, before: dict, after: dict) -> None:
    assert amended(tmp_path, before, after) == notebookpage.render(after, TITLE)


def test_with_another_title_it_is_made_anew(tmp_path: Path) -> None:
    assert amended(tmp_path, book(1), book(2), "Other") == notebookpage.render(book(2), "Other")


def test_where_a_cell_shows_twice_it_is_made_anew(tmp_path: Path, made: list[int]) -> None:
    twin = html(notebookpage._looks(book(1)["cells"][1], TITLE)[1])
    before, after = book(1, code("last", "1", twin)), book(2, code("last", "1", twin))
    page = amended(tmp_path, before, after)
    assert made[-1] == 4
    assert page == notebookpage.render(after, TITLE)


def test_slow_modules_seem_absent_while_others_are_imported_and_no_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name, *others = SLOW
    for each in SLOW:
        monkeypatch.delitem(sys.modules, each, raising=False)
    monkeypatch.setitem(sys.modules, others[0], sys)
    with passed_over():
        assert sys.modules[name] is None
        assert sys.modules[others[0]] is sys
    assert name not in sys.modules
    assert sys.modules[others[0]] is sys
