"""The whole of agreement.csv: which lines a study has, in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
import pandas as pd

from ..corpus import Corpus
from ..presence import Presence, presence
from ..readings import applied
from ..study import Study
from ..units import Ratings, ratings
from . import unitizing
from .breakdowns import Breakdowns
from .lines import COLUMNS, COUNTS, Line, Subject, clusters, estimates, interval_of, one_value, row
from .sets import DISTANCES, set_alpha
from .statistic import Statistic
from .texts import continua

__all__ = ["agreement_table", "code_summary", "headline"]

UNITIZING = {"alpha_u": unitizing.alpha_u, "alpha_cu": unitizing.alpha_cu}


def agreement_table(corpus: Corpus, study: Study, *, broken_down: bool = True) -> pd.DataFrame:
    """Return every agreement line of a study, columns as in agreement.csv.

    Headline lines come from independent codings of the last round; their ``stage`` and ``round`` are empty.
    Other rounds and stages stand in lines of their own and are never pooled. Consensus is left out: settled
    codings agree by construction.

    Parameters
    ----------
    corpus : Corpus
    study : Study
    broken_down : bool
        Whether to add lines by pair, group, case and document, which are most of the work.

    Raises
    ------
    AgreementError
        If the unit asked for cannot be formed from the codings.
    """
    lines: list[Line] = []
    for variable in corpus.variables():
        if variable == "codes":
            lines += _codes(corpus, study, broken_down)
        else:
            lines += _variable(corpus, study, variable, broken_down)
    counts = dict.fromkeys(("round", *COUNTS), "Int64")
    return pd.DataFrame(lines, columns=COLUMNS).astype(counts)


def headline(table: pd.DataFrame) -> pd.DataFrame:
    """Return the lines about all units, coders, groups, of the headline stage and round, first assumption."""
    whole = table[["value", "pair", "group", "case_id", "document_id", "stage", "round"]].isna().all(axis=1)
    return table[whole & (table["assumption"] != "all_documents")]


def code_summary(table: pd.DataFrame, measure: str) -> dict[str, float]:
    """Return median, smallest and largest value over codes of one measure; undefined codes are left out."""
    whole = headline(table)
    mine = whole[(whole["measure"] == measure) & whole["code_id"].notna()]["estimate"].dropna()
    if mine.empty:
        return {}
    return {"median": float(mine.median()), "min": float(mine.min()), "max": float(mine.max())}


def _variable(corpus: Corpus, study: Study, variable: str, broken_down: bool) -> Iterator[Line]:
    whole = ratings(corpus, study, variable)
    if len(whole.coders) > 1:
        levels = dict.fromkeys([whole.kind, *study.variables[variable].levels])
        by_level = {level: list(estimates(whole, study, Subject(), level)) for level in levels}
        yield from chain.from_iterable(by_level.values())
        for place, value in enumerate(whole.domain):
            yield from estimates(one_value(whole, place), study, Subject(value=value), "nominal")
        if broken_down:
            yield from Breakdowns(whole, study).lines(whole, by_level[whole.kind], Subject(), whole.kind)
    for stage, round_ in _other_rounds(corpus, variable, whole):
        other = ratings(corpus, study, variable, stage, round_)
        if len(other.coders) > 1:
            yield from estimates(other, study, Subject(stage=stage, round=round_), whole.kind)


def _codes(corpus: Corpus, study: Study, broken_down: bool) -> Iterator[Line]:
    recorded = applied(corpus, study)
    lines: list[Line] = []
    if len(recorded.frame.coders) > 1:
        lines += _each_code(recorded, study)
        yield from lines
        yield from _over_codes(recorded, study)
        yield from _unitized(corpus, study, recorded)
        if recorded.frame.assumption == "coded_documents":
            yield from _each_code(presence(corpus, study, "all_documents"), study)
        if broken_down:
            yield from _broken_down(recorded, study, lines)
    by_round = {}
    for stage, round_ in _other_rounds(corpus, "codes", recorded.frame):
        if stage == "independent":
            other = by_round[round_] = applied(corpus, study, round_)
        else:
            other = presence(corpus, study, stage=stage, round_=round_)
        if other is recorded:
            yield from (line | {"stage": stage, "round": round_} for line in lines)
        elif len(other.frame.coders) > 1:
            yield from _each_code(other, study, stage, round_)
    yield from _same_coder(by_round, study)


def _each_code(
    reading: Presence, study: Study, stage: str | None = None, round_: int | None = None
) -> Iterator[Line]:
    """One line a code and measure, then their mean: a set of codes has no coefficient of its own."""
    found: dict[str, list[Line]] = {}
    for code in reading.codes:
        for line in estimates(reading.of(code), study, Subject(code, stage=stage, round=round_), "nominal"):
            found.setdefault(line["measure"], []).append(line)
            yield line
    for measure, lines in found.items():
        yield _mean(measure, lines, reading.frame, Subject(stage=stage, round=round_))


def _broken_down(reading: Presence, study: Study, lines: Sequence[Line]) -> Iterator[Line]:
    by_code: dict[str, list[Line]] = {}
    for line in lines:
        by_code.setdefault(line["code_id"], []).append(line)
    parts = Breakdowns(reading.frame, study)
    for code in reading.codes:
        yield from parts.lines(reading.of(code), by_code.get(code, []), Subject(code_id=code), "nominal")


def _mean(measure: str, lines: list[Line], frame: Ratings, subject: Subject) -> Line:
    values = [line["estimate"] for line in lines if not np.isnan(line["estimate"])]
    undefined = len(lines) - len(values)
    note = f"mean over {len(values)} codes" + (f"; {undefined} undefined and left out" if undefined else "")
    statistic = Statistic(
        measure=measure,
        level="nominal",
        estimate=float(np.mean(values)) if values else float("nan"),
        n_units=frame.values.shape[1],
        n_ratings=max(line["n_ratings"] for line in lines),
        n_coders=len(frame.coders),
        n_values=2,
        note=note,
    )
    return row(statistic, frame, subject, aggregation="mean")


def _over_codes(reading: Presence, study: Study) -> Iterator[Line]:
    """All codes at once: every unit and code a judgement (stacked), and alpha of sets of codes."""
    frame = reading.frame
    parts = [reading.of(code) for code in reading.codes]
    if not parts or frame.values.shape[1] == 0:
        return
    stacked = replace(
        frame,
        values=np.concatenate([part.values for part in parts], axis=1),
        units=pd.concat([frame.units] * len(parts), ignore_index=True),
    )
    for line in estimates(stacked, study, Subject(), "nominal"):
        yield line | {"aggregation": "stacked"}
    if "krippendorff_alpha" in study.agreement.measures:
        for distance in DISTANCES:
            how = interval_of(study) | {"cluster": clusters(frame, study)}
            found = set_alpha(reading.sets(), distance, **how)
            found = replace(found, measure="krippendorff_alpha", level="nominal")
            yield row(found, frame, Subject(), aggregation=f"set_{distance}")


def _unitized(corpus: Corpus, study: Study, reading: Presence) -> Iterator[Line]:
    """The unitizing family over the text itself, by code and for all codes; only where the study asks."""
    asked = [measure for measure in study.agreement.measures if measure in UNITIZING]
    texts = continua(corpus, study) if asked else []
    how = interval_of(study)
    how["interval"] = how["interval"] if how["interval"] in ("jackknife", "bootstrap") else "linearised"
    frame = replace(reading.frame, unit="character", universe="all_text")
    for measure in asked:
        for codes in [*([code] for code in reading.codes), None]:
            found = UNITIZING[measure](texts, codes, **how)
            yield row(found, frame, Subject(code_id=codes[0] if codes else None))


def _same_coder(by_round: dict[int, Presence], study: Study) -> Iterator[Line]:
    """Intracoder agreement: one coder's last two independent rounds, as if two coders."""
    if len(by_round) < 2:
        return
    before, after = (by_round[round_] for round_ in sorted(by_round)[-2:])
    both = sorted(set(before.frame.coders) & set(after.frame.coders))
    codes = [(code, before.of(code), after.of(code)) for code in after.codes] if both else []
    for coder in both:
        names = tuple(f"{coder} round {part.frame.round}" for part in (before, after))
        for code, earlier, later in codes:
            pair = _two_rounds(earlier, later, coder, names)
            for line in estimates(pair, study, Subject(code, pair="|".join(names)), "nominal"):
                yield line | {"note": "; ".join(filter(None, ["one coder, two rounds", line["note"]]))}


def _two_rounds(before: Ratings, after: Ratings, coder: str, names: tuple[str, ...]) -> Ratings:
    place = pd.Index(before.units["unit_id"]).get_indexer(after.units["unit_id"])
    earlier = before.values[before.coders.index(coder)]
    earlier = np.where(place < 0, np.nan, earlier[place]) if len(earlier) else np.full(len(place), np.nan)
    values = np.stack([earlier, after.values[after.coders.index(coder)]])
    return replace(after, values=values, coders=names)


def _other_rounds(corpus: Corpus, variable: str, used: Ratings) -> list[tuple[str, int]]:
    """Return every (stage, round) of training and independent codings, the headline's among them."""
    stages = ("training", "independent")
    return [
        (stage, round_)
        for stage, rounds in ((s, corpus.rounds(variable, s)) for s in stages)
        for round_ in rounds
        if len(rounds) > 1 or stage != used.stage
    ]
