"""agreement_views.csv: the same codings as other software computes them, each number with its meaning."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

from ..corpus import Corpus
from ..study import Study
from .continuum import Continuum, coders_of, codes_of, pairable
from .texts import continua
from .vendors import atlasti, dedoose, maxqda, nvivo, qualcoder, requal, table
from .vendors.view import View

__all__ = ["agreement_views", "views_of_code"]

MOST_CODERS = 6


def agreement_views(corpus: Corpus, study: Study) -> pd.DataFrame:
    """Return what NVivo, QualCoder, MAXQDA, ATLAS.ti, Dedoose and Requal would report of the same codings.

    One line a program, measure, code and pair of coders (up to six coders), with unit, universe and
    formula in words. Lines about single documents are left out. Empty where no document has text.
    """
    texts = pairable(continua(corpus, study))
    if not texts:
        return table([])
    coders = coders_of(texts)
    used = set(codes_of(texts))
    codes = [code for code in corpus.codes["code_id"] if code in used]
    pairs = list(combinations(coders, 2)) if len(coders) <= MOST_CODERS else []
    views: list[View] = []
    for pair in pairs:
        both = [text for text in texts if set(pair) <= set(text.coders)]
        if both:
            views += _of_pair(both, codes, pair)
    views += atlasti.intercoder_agreement(texts, {code: [code] for code in codes}, coders)
    return table(view for view in views if not view.document)


def _of_pair(texts: list[Continuum], codes: list[str], pair: tuple[str, str]) -> list[View]:
    views: list[View] = []
    for code in codes:
        views += nvivo.coding_comparison(texts, code, pair)
        views += qualcoder.coder_comparison(texts, code, pair)
    views += maxqda.intercoder_agreement(texts, codes, pair)
    views += dedoose.training_test(texts, codes, pair)
    return views + requal.agreement(texts, codes, pair)


def views_of_code(views: pd.DataFrame, code: str) -> pd.DataFrame:
    """Return one kappa or overlap a program for one code: why a .44 and a .30 are both "kappa"."""
    mine = views[(views["code"] == code) & ~views["measure"].str.contains("%")]
    return mine.drop_duplicates(["vendor", "measure"]).reset_index(drop=True)
