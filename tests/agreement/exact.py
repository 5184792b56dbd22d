"""Every coefficient once more, from its definition, slowly and in exact rational arithmetic.

Written without regard to the package: pairs are listed one by one, no sum is rearranged. Units may carry a
weight (a Fraction), so that derivatives can be had by weighing one unit a little more.

A table of ratings is a list of units, each a list with one value or None a coder.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import combinations, permutations

Unit = Sequence[Fraction | None]
Weight = Callable[[Fraction, Fraction], Fraction]

HALF, ONE, ZERO = Fraction(1, 2), Fraction(1), Fraction(0)


def coefficient(
    table: Sequence[Unit],
    measure: str,
    *,
    level: str = "nominal",
    weights: str | None = None,
    domain: Sequence[Fraction] | None = None,
    times: Sequence[Fraction] | None = None,
) -> Fraction | None:
    """Return a coefficient, None where it is undefined.

    Parameters
    ----------
    times : sequence of Fraction, optional
        How often each unit counts.
    """
    times = [ONE] * len(table) if times is None else times
    active = [c for c in range(len(table[0])) if any(unit[c] is not None for unit in table)]
    table = [[unit[c] for c in active] for unit in table]
    values = (
        sorted({v for unit in table for v in unit if v is not None}) if domain is None else sorted(domain)
    )
    if len(active) < 2 or not any(len(given(unit)) > 1 for unit in table):
        return None
    if measure in TWO_CODERS and len(active) != 2:
        return None
    if measure in TWO_VALUES and len(values) != 2:
        return None
    if len(values) == 1 and measure not in ("percent", "unanimous"):
        return None
    if measure == "gwet_ac2" and weights is None:
        weights = {"nominal": None, "interval": "quadratic"}.get(level, level)
    if measure in ("cohen_kappa_linear", "cohen_kappa_quadratic"):
        measure, weights = "cohen_kappa", measure.rsplit("_", 1)[1]
        if level not in ("interval", "ratio"):
            rank = {value: Fraction(place) for place, value in enumerate(values)}
            table = [[None if v is None else rank[v] for v in unit] for unit in table]
            values = [rank[v] for v in values]
    return MEASURES[measure](table, times, values, weight(weights, values), level, weights)


def given(unit: Unit) -> list[Fraction]:
    return [value for value in unit if value is not None]


def weight(name: str | None, values: Sequence[Fraction]) -> Weight:
    """Return Gwet's weight of two values."""
    place = {value: Fraction(rank) for rank, value in enumerate(values)}
    span = values[-1] - values[0]

    def apart(a: Fraction, b: Fraction) -> Fraction:
        d = abs(a - b)
        if a == b:
            return ZERO
        if name in (None, "unweighted"):
            return ONE
        if name == "linear":
            return d / span
        if name == "quadratic":
            return (d / span) ** 2
        if name == "radical":
            return Fraction(math.sqrt(d / span))
        if name == "ordinal":
            between = [v for v in values if min(a, b) <= v <= max(a, b)]
            return Fraction(math.comb(len(between), 2))
        if name == "ratio":
            return (d / (a + b)) ** 2
        if name == "circular":
            return Fraction(math.sin(math.pi * float(d / (span + 1)))) ** 2
        if name == "bipolar":
            return d**2 / ((a + b - 2 * values[0]) * (2 * values[-1] - a - b))
        raise ValueError(name)

    most = max((apart(a, b) for a in place for b in place), default=ONE) or ONE
    return lambda a, b: 1 - apart(a, b) / most


def observed(table: Sequence[Unit], times: Sequence[Fraction], w: Weight) -> Fraction | None:
    """Return the share of agreeing pairs of a unit, averaged over units with a pair."""
    whole = part = ZERO
    for unit, t in zip(table, times, strict=True):
        pairs = list(permutations(given(unit), 2))
        if pairs:
            whole += t
            part += t * sum((w(a, b) for a, b in pairs), ZERO) / len(pairs)
    return part / whole if whole else None


def beyond(po: Fraction | None, pe: Fraction | None) -> Fraction | None:
    return None if po is None or pe is None or pe == 1 else (po - pe) / (1 - pe)


def percent(table, times, values, w, level, name):
    return observed(table, times, w)


def unanimous(table, times, values, w, level, name):
    paired = [(unit, t) for unit, t in zip(table, times, strict=True) if len(given(unit)) > 1]
    same = sum((t for unit, t in paired if len(set(given(unit))) == 1), ZERO)
    return same / sum((t for _, t in paired), ZERO)


def of_value(which: int):
    def agreement(table, times, values, w, level, name):
        part = whole = ZERO
        for unit, t in zip(table, times, strict=True):
            for place, value in enumerate(rated := given(unit)):
                others = rated[:place] + rated[place + 1 :]
                if others and value == values[which]:
                    whole += t
                    part += t * Fraction(others.count(value), len(others))
        return part / whole if whole else None

    return agreement


def even(table, times, values, w, level, name):
    chance = sum((w(a, b) for a in values for b in values), ZERO) / len(values) ** 2
    return beyond(observed(table, times, w), chance)


def marginal(gwet: bool):
    def kappa(table, times, values, w, level, name):
        rated = [(given(unit), t) for unit, t in zip(table, times, strict=True) if given(unit)]
        units = sum((t for _, t in rated), ZERO)
        pi = {v: sum((t * Fraction(u.count(v), len(u)) for u, t in rated), ZERO) / units for v in values}
        if gwet:
            total = sum((w(a, b) for a in values for b in values), ZERO)
            spread = sum((pi[v] * (1 - pi[v]) for v in values), ZERO)
            chance = total * spread / (len(values) * (len(values) - 1))
        else:
            chance = sum((w(a, b) * pi[a] * pi[b] for a in values for b in values), ZERO)
        return beyond(observed(table, times, w), chance)

    return kappa


def scott(table, times, values, w, level, name):
    both = [(u, t) for u, t in zip(table, times, strict=True) if None not in u]
    return marginal(gwet=False)([u for u, _ in both], [t for _, t in both], values, w, level, name)


def cohen(table, times, values, w, level, name):
    kappas = []
    for one, other in combinations(range(len(table[0])), 2):
        both = [
            (u[one], u[other], t)
            for u, t in zip(table, times, strict=True)
            if u[one] is not None and u[other] is not None
        ]
        n = sum((t for *_, t in both), ZERO)
        if not n:
            return None
        po = sum((t * w(a, b) for a, b, t in both), ZERO) / n
        pe = sum((t * s * w(a, b) for a, _, t in both for _, b, s in both), ZERO) / n**2
        kappas.append(beyond(po, pe))
    return None if None in kappas else sum(kappas, ZERO) / len(kappas)


def conger(table, times, values, w, level, name):
    shares = []
    for coder in range(len(table[0])):
        rated = [(u[coder], t) for u, t in zip(table, times, strict=True) if u[coder] is not None]
        total = sum((t for _, t in rated), ZERO)
        shares.append({v: sum((t for r, t in rated if r == v), ZERO) / total for v in values})
    pairs = list(combinations(shares, 2))
    chance = [sum((w(a, b) * p[a] * q[b] for a in values for b in values), ZERO) for p, q in pairs]
    return beyond(observed(table, times, w), sum(chance, ZERO) / len(pairs))


def difference(level: str, counts: dict[Fraction, Fraction], values: Sequence[Fraction]) -> Weight:
    """Return Krippendorff's squared difference."""

    def delta(a: Fraction, b: Fraction) -> Fraction:
        if a == b:
            return ZERO
        if level == "nominal":
            return ONE
        if level == "ordinal":
            between = sum((n for v, n in counts.items() if min(a, b) <= v <= max(a, b)), ZERO)
            return (between - (counts[a] + counts[b]) / 2) ** 2
        if level == "interval":
            return (a - b) ** 2
        if level == "ratio":
            return ((a - b) / (a + b)) ** 2
        if level == "circular":
            return Fraction(math.sin(math.pi * float((a - b) / (values[-1] - values[0] + 1)))) ** 2
        return (a - b) ** 2 / ((a + b - 2 * values[0]) * (2 * values[-1] - a - b))

    return delta


def alpha(table, times, values, w, level, name):
    paired = [(given(u), t) for u, t in zip(table, times, strict=True) if len(given(u)) > 1]
    counts = {v: sum((t * u.count(v) for u, t in paired), ZERO) for v in values}
    n = sum(counts.values(), ZERO)
    delta = (lambda a, b: 1 - w(a, b)) if name else difference(level, counts, values)
    within = ZERO
    for unit, t in paired:
        within += t * sum((delta(a, b) for a, b in permutations(unit, 2)), ZERO) / (len(unit) - 1)
    between = sum((counts[a] * counts[b] * delta(a, b) for a in values for b in values), ZERO)
    return 1 - (n - 1) * within / between if between else None


def reference(kind: str):
    def share(table, times, values, w, level, name):
        part = whole = ZERO
        for unit, t in zip(table, times, strict=True):
            if None in unit:
                continue
            right, found = (value == values[-1] for value in unit)
            whole += t if (found if kind == "precision" else right) else 0
            part += t if found and right else 0
        return part / whole if whole else None

    return share


MEASURES = {
    "percent": percent,
    "unanimous": unanimous,
    "positive_agreement": of_value(-1),
    "negative_agreement": of_value(0),
    "cohen_kappa": cohen,
    "conger_kappa": conger,
    "light_kappa": cohen,
    "fleiss_kappa": marginal(gwet=False),
    "scott_pi": scott,
    "randolph_kappa": even,
    "brennan_prediger": even,
    "pabak": even,
    "gwet_ac1": marginal(gwet=True),
    "gwet_ac2": marginal(gwet=True),
    "krippendorff_alpha": alpha,
    "f1": of_value(-1),
    "precision": reference("precision"),
    "recall": reference("recall"),
}
TWO_CODERS = {
    "cohen_kappa",
    "cohen_kappa_linear",
    "cohen_kappa_quadratic",
    "scott_pi",
    "f1",
    "precision",
    "recall",
}
TWO_VALUES = {"positive_agreement", "negative_agreement", "pabak", "f1", "precision", "recall"}
