"""The same codings as other software reports them: why a team's .44 and its .30 are both "kappa".

A module a program, its functions named as in that program's menu. Each takes texts with spans and returns
`View`s: a number with its unit, its universe and its formula in words. What a manual leaves open is a named
parameter.

======================================  =========================================================
`nvivo.coding_comparison`               Cohen's kappa on all characters of a file, and percentages
`qualcoder.coder_comparison`            its own kappa, on coded text, with its own counting
`maxqda.intercoder_agreement`           matching segments; Brennan and Prediger's kappa
`atlasti.intercoder_agreement`          percent, Holsti, alphas over semantic domains
`dedoose.training_test`                 Cohen's kappa over given excerpts, pooled kappa
`requal.agreement`                      overlap of characters or segments, no chance
`definitions.side_by_side`              one code, two coders, every definition in one table
`comparison.compare`                    a program's exported table against ours, cell by cell
======================================  =========================================================

For one code and two coders A and B, ``a`` is the text that both coded, ``b`` and ``c`` what only A or only
B coded, ``d`` what neither coded (see `analysis.agreement.fourfold`).
"""

from . import atlasti, comparison, dedoose, definitions, maxqda, nvivo, qualcoder, requal
from .comparison import compare
from .definitions import side_by_side
from .view import View, table

__all__ = [
    "View",
    "atlasti",
    "compare",
    "comparison",
    "dedoose",
    "definitions",
    "maxqda",
    "nvivo",
    "qualcoder",
    "requal",
    "side_by_side",
    "table",
]
