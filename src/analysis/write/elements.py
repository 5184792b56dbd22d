"""Elements of a REFI-QDA project, and what may stand in them."""

from __future__ import annotations

from typing import Any

import numpy as np
from lxml import etree

from ..printable import printable

__all__ = ["NAMESPACE", "element", "said"]

NAMESPACE = "urn:QDA-XML:project:1.0"


def element(tag: str, text: str | None = None, **attributes: str) -> Any:
    """Return an element of the project's namespace."""
    made = etree.Element(f"{{{NAMESPACE}}}{tag}", nsmap={None: NAMESPACE})
    for name, value in attributes.items():
        made.set(name, printable(value))
    if text is not None:
        made.text = printable(str(text))
    return made


def said(value: Any) -> str:
    """Return an attribute as our own tables write it."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return str(value)
