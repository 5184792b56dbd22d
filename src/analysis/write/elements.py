"""Elements of a REFI-QDA project, and what may stand in them."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from lxml import etree

__all__ = ["NAMESPACE", "element", "legal", "said"]

NAMESPACE = "urn:QDA-XML:project:1.0"
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(tag: str, text: str | None = None, **attributes: str) -> Any:
    """Return an element of the project's namespace."""
    made = etree.Element(f"{{{NAMESPACE}}}{tag}", nsmap={None: NAMESPACE})
    for name, value in attributes.items():
        made.set(name, legal(value))
    if text is not None:
        made.text = legal(str(text))
    return made


def said(value: Any) -> str:
    """Return an attribute as our own tables write it."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return str(value)


def legal(text: str) -> str:
    """Return text without the characters that XML cannot hold."""
    return FORBIDDEN.sub("", text)
