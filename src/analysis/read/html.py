"""HTML reduced to its text as Taguette does: text nodes one after the other, nothing added."""

from __future__ import annotations

from html.parser import HTMLParser

__all__ = ["text_of"]

NO_TEXT = ("script", "style", "head", "title")


def text_of(html: str) -> str:
    """Return the text nodes of HTML, entities decoded, without added line ends.

    Examples
    --------
    >>> text_of("<p>She &amp; I <b>wait</b>ed.</p><p>Long.</p>")
    'She & I waited.Long.'
    """
    parser = _Text()
    parser.feed(html.replace("\r\n", "\n").replace("\r", "\n"))
    parser.close()
    return "".join(parser.parts)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside += tag in NO_TEXT

    def handle_endtag(self, tag: str) -> None:
        if tag in NO_TEXT and self.inside:
            self.inside -= 1

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.parts.append(data)
