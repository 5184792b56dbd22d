"""What every page shares: its frame, its content security policy, the house style, tables and lists."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from html import escape
from importlib import resources
from typing import Any

__all__ = [
    "Html", "bullets", "document", "house_style", "note", "plain_head", "policy", "rendered", "table",
    "template",
]  # fmt: skip


class Html(str):
    """Markup that is put into a table as it is; any other text is escaped."""

    __slots__ = ()


def template(name: str) -> str:
    """Return the text of a file below templates/."""
    return resources.files("analysis").joinpath("templates").joinpath(name).read_text("utf-8")


def house_style() -> str:
    """Return the style sheet that reports, indexes and verdicts share."""
    return template("report.css")


def policy(styles: Iterable[str], script: str = "") -> str:
    """Return the content security policy of a page that holds these style sheets and this script, no more.

    Examples
    --------
    >>> policy(["p {}"])[:62]
    "default-src 'none'; style-src 'sha256-SNJDlN1Iy2mnt7DOjQIyDb2L"
    """
    allowed = " ".join(f"'{_digest(each)}'" for each in dict.fromkeys(styles))
    scripts = f"script-src '{_digest(script)}'; " if script else ""
    return (
        f"default-src 'none'; {scripts}style-src {allowed}; style-src-attr 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def rendered(name: str, styles: Sequence[str], script: str = "", **told: Any) -> str:
    """Return a template filled in: `policy`, `style` and `script` are given to it, and what is told."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("analysis"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    style = "".join(styles)
    return environment.get_template(name).render(
        policy=policy([style], script), style=style, script=script, **told
    )


def document(
    name: str, title: str, body: str, *, banner: str = "", style: str = "", drawn: Iterable[str] = ()
) -> str:
    """Return a whole page without script or outside address.

    Parameters
    ----------
    name, title : str
        Heading and what stands below it, plain text.
    body : str
        Markup.
    banner : str, optional
        Such as that data are simulated.
    style : str, optional
        Beyond the house style.
    drawn : iterable of str, optional
        Style sheets that figures in the body bring.
    """
    own = house_style() + style
    flag = f'<p class="simulated">{escape(banner)}</p>\n' if banner else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy([own, *drawn])}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{own}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#main">To the content</a>\n'
        f'<header>\n<h1>{escape(name)}</h1>\n{flag}<p class="study">{escape(title)}</p>\n</header>\n'
        f'<main id="main">\n{body}\n</main>\n</body>\n</html>\n'
    )


def plain_head(title: str) -> str:
    """Return the beginning of a page that brings its own style, up to its title; ``</head>`` is to follow.

    Such as of tables that people open by themselves or paste elsewhere: styles stand in their markup, so that
    no policy can name them by hash.
    """
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title>"
    )


def table(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    caption: str,
    *,
    numbers: Iterable[int] = (),
    kind: str = "table",
) -> str:
    """Return a table whose rows begin with a header, in a region that can be scrolled by keyboard.

    Examples
    --------
    >>> print(table(["code", "n"], [["a < b", "3"]], "Codes", numbers=[1]))
    <div class="table" tabindex="0" role="region" aria-label="Codes"><table><caption>Codes</caption>
    <thead><tr><th scope="col">code</th><th scope="col" class="number">n</th></tr></thead>
    <tbody>
    <tr><th scope="row">a &lt; b</th><td class="number">3</td></tr>
    </tbody></table></div>
    """
    marks = [' class="number"' if n in set(numbers) else "" for n in range(len(head))]
    heads = "".join(
        f'<th scope="col"{mark}>{escape(text)}</th>' for mark, text in zip(marks, head, strict=True)
    )
    body = "".join(
        f'<tr><th scope="row">{_cell(row[0])}</th>'
        + "".join(f"<td{mark}>{_cell(text)}</td>" for mark, text in zip(marks[1:], row[1:], strict=True))
        + "</tr>\n"
        for row in rows
    )
    return (
        f'<div class="{kind}" tabindex="0" role="region" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption>\n<thead><tr>{heads}</tr></thead>\n"
        f"<tbody>\n{body}</tbody></table></div>"
    )


def bullets(lines: Iterable[str]) -> str:
    """Return a list of plain lines."""
    return f'<ul class="note">{"".join(f"<li>{escape(line)}</li>" for line in lines)}</ul>'


def note(text: str) -> str:
    """Return a remark, as it is where it is markup."""
    return f'<p class="note">{_cell(text)}</p>'


def _cell(text: str) -> str:
    return text if isinstance(text, Html) else escape(text)


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
