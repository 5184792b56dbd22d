"""Frequency labels: general, typical, variant, rare. The rule is data; the base is always stated."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from .settings import LabelRule

__all__ = ["LEAST_BASE", "RULES", "WORDS", "label", "label_table", "rule_said", "word", "word_table"]

LEAST_BASE = 5
RULES = {
    "cqr2005": "Hill et al. 2005, J Couns Psychol 52(2):196-205",
    "four_labels": "as cqr2005, but rare is exactly one, whatever the base",
}
_UPPER = (LabelRule(label="general", all_but=1), LabelRule(label="typical", more_than=0.5))
_LINES: dict[str, tuple[LabelRule, ...]] = {
    "none": (),
    "cqr2005": (
        LabelRule(label="other", at_most=1),
        *_UPPER,
        LabelRule(label="rare", at_most=3, base_over=15),
        LabelRule(label="variant", at_least=2),
    ),
    "four_labels": (LabelRule(label="rare", at_most=1), *_UPPER, LabelRule(label="variant", at_least=2)),
}
WORDS = (
    LabelRule(label="all", all_but=0),
    LabelRule(label="most", more_than=0.5),
    LabelRule(label="one", at_most=1),
    LabelRule(label="some", at_least=2),
)


def label(n: int, base: int, rule: str | Sequence[LabelRule]) -> str:
    """Return the label of `n` participants out of `base`.

    Below a base of 5 no label is given: at 4 no count is typical, at 2 one is also "all but one".

    Parameters
    ----------
    n, base : int
        Participants contributing, and participants who could have.
    rule : str or sequence of LabelRule
        cqr2005, four_labels, none, or a study's own lines.

    Examples
    --------
    >>> [label(n, 6, "cqr2005") for n in range(7)]
    ['', 'other', 'variant', 'variant', 'typical', 'general', 'general']
    >>> label(4, 6, [LabelRule(label="many", more_than=0.5), LabelRule(label="few", at_least=1)])
    'many'
    """
    return "" if base < LEAST_BASE else _first(n, base, _LINES[rule] if isinstance(rule, str) else rule)


def word(n: int, base: int) -> str:
    """Return a count in words: none, one, some, most, all.

    Examples
    --------
    >>> [word(n, 6) for n in (0, 1, 3, 4, 6)]
    ['none', 'one', 'some', 'most', 'all']
    """
    return _first(n, base, WORDS) or "none"


def label_table(base: int, rule: str | Sequence[LabelRule]) -> pd.DataFrame:
    """Return which counts carry which label at a base: the key printed under every labelled table."""
    return _key(base, [(label(n, base, rule), n) for n in range(1, base + 1)])


def word_table(base: int) -> pd.DataFrame:
    """Return which counts are said with which word at a base."""
    return _key(base, [(word(n, base), n) for n in range(1, base + 1)])


def rule_said(rule: str | Sequence[LabelRule]) -> str:
    """Return a rule's name and source."""
    return f"{rule}: {RULES[rule]}" if isinstance(rule, str) else "the study's own rule"


def _first(n: int, base: int, lines: Sequence[LabelRule]) -> str:
    return next((line.label for line in lines if n and _holds(line, n, base)), "")


def _holds(line: LabelRule, n: int, base: int) -> bool:
    return (
        (line.at_least is None or n >= line.at_least)
        and (line.at_most is None or n <= line.at_most)
        and (line.all_but is None or n >= base - line.all_but)
        and (line.more_than is None or n > line.more_than * base)
        and (line.base_over is None or base > line.base_over)
    )


def _key(base: int, named: list[tuple[str, int]]) -> pd.DataFrame:
    rows = []
    for name in dict.fromkeys(name for name, _ in named if name):
        counts = [n for each, n in named if each == name]
        span = f"{counts[0]}-{counts[-1]}" if len(counts) > 1 else str(counts[0])
        rows.append({"label": name, "participants": span, "of": base})
    return pd.DataFrame(rows, columns=["label", "participants", "of"])
