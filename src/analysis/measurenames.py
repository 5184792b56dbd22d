"""Coefficients as papers call them."""

from __future__ import annotations

__all__ = ["NAMES", "named", "titled"]

NAMES = {
    "percent": "percent agreement",
    "unanimous": "unanimous agreement",
    "positive_agreement": "positive agreement",
    "negative_agreement": "negative agreement",
    "cohen_kappa": "Cohen's kappa",
    "cohen_kappa_linear": "Cohen's kappa with linear weights",
    "cohen_kappa_quadratic": "Cohen's kappa with quadratic weights",
    "conger_kappa": "Conger's kappa",
    "light_kappa": "Light's kappa",
    "fleiss_kappa": "Fleiss' kappa",
    "scott_pi": "Scott's pi",
    "randolph_kappa": "Randolph's kappa",
    "brennan_prediger": "Brennan and Prediger's kappa",
    "pabak": "PABAK",
    "gwet_ac1": "Gwet's AC1",
    "gwet_ac2": "Gwet's AC2",
    "krippendorff_alpha": "Krippendorff's alpha",
    "alpha_u": "Krippendorff's u-alpha",
    "alpha_cu": "Krippendorff's cu-alpha",
    "f1": "F1",
}


def named(measure: str) -> str:
    """Return a measure's name within a sentence.

    Examples
    --------
    >>> named("conger_kappa"), named("set_jaccard")
    ("Conger's kappa", 'set jaccard')
    """
    return NAMES.get(measure, measure.replace("_", " "))


def titled(measure: str) -> str:
    """Return a measure's name as a title.

    Examples
    --------
    >>> titled("percent")
    'Percent agreement'
    """
    name = named(measure)
    return name[0].upper() + name[1:]
