"""What every page shares."""

from __future__ import annotations

import base64
import hashlib
import re

from hypothesis import given
from hypothesis import strategies as st

from analysis.htmlpage import Html, bullets, document, note, policy, table


def test_a_page_allows_exactly_the_style_it_holds():
    page = document("demo", "A study", "<p>text</p>", style=".own {}")
    style = re.search(r"<style>(.*?)</style>", page, re.S)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()

    assert f"style-src 'sha256-{digest}';" in page
    assert "script-src" not in page


def test_a_script_is_allowed_by_its_hash_alone():
    told = policy(["p {}"], "alert(1)")

    assert re.search(r"script-src 'sha256-[\w+/]{43}=';", told)
    assert "script-src 'unsafe" not in told


@given(st.text(alphabet="<>&\"'ab", max_size=12))
def test_text_stays_text_wherever_it_stands(text):
    whole = document(text, text, table([text], [[text]], text) + bullets([text]) + note(text), banner=text)
    tags = re.sub(r"<style>.*?</style>", "", whole, flags=re.S)

    assert set(re.findall(r"</?([a-z0-9]*)", tags)) <= {
        *("", "html", "head", "meta", "title", "body", "a", "header", "h1", "p", "main", "div", "table"),
        *("caption", "thead", "tbody", "tr", "th", "td", "ul", "li"),
    }
    assert "<a>" not in tags
    assert "<b" not in tags.replace("<body", "")


def test_markup_said_to_be_markup_is_kept():
    assert '<a href="x">y</a>' in table(["run"], [[Html('<a href="x">y</a>')]], "Runs")
