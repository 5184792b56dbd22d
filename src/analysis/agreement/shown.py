"""Agreement as people see it: which columns of which table, under which headings."""

from __future__ import annotations

import pandas as pd

from ..corpus import Corpus
from ..disclosure import (
    case_labels,
    code_labels,
    policy_of,
    public_corpus,
    public_ids,
    rarely_applied,
    shows_people,
    shows_text,
)
from ..links import to_agreement
from ..policies import no_people
from ..publicnames import unlinked
from ..study import Study
from ..tables import Linked, Shown, note, show_table
from . import summary
from .otherwise import views_of_code
from .sheet import headline

__all__ = [
    "as_otherwise",
    "by_code",
    "by_pair",
    "by_round",
    "forest",
    "in_place",
    "left_out",
    "overall",
    "package",
    "public_by_code",
    "reading",
    "same_coder",
    "talk_next",
]

COEFFICIENT = {
    "estimate": "estimate",
    "low": "low",
    "high": "high",
    "n_units": "units",
    "n_coders": "coders",
    "n_ratings": "ratings",
    "observed": "observed",
    "expected": "by chance",
    "note": "note",
}


def overall(table: pd.DataFrame, study: Study, opens: bool = False) -> Shown:
    """Return the headline: every measure over all units and coders; on some pages it opens its table."""
    rows = summary.overall(table)
    if opens:
        rows = rows.assign(variable=_opening(rows["variable"]))
    columns = {"variable": "variable", "measure": "measure", "level": "level", **COEFFICIENT}
    if rows["aggregation"].notna().any():
        columns = {"variable": "variable", "aggregation": "over codes"} | columns
    notes = [*reading(rows, study), "Undefined is a dash; the note says why."]
    return show_table(rows, "Agreement over all coders, independent codings, last round", columns, notes, 3)


def by_code(table: pd.DataFrame, corpus: Corpus, study: Study, opens: bool = False) -> Shown:
    """Return the primary coefficient of every code with its interval and companions."""
    rows = public_by_code(table, corpus, study)
    if rows.empty:
        return note("No codes were applied independently by two coders or more.")
    if opens:
        addresses = rows["code_id"].map(lambda code: to_agreement(code=code))
        linked = [Linked(name, at) for name, at in zip(rows["name"], addresses, strict=True)]
        rows["name"] = pd.Series(linked, index=rows.index, dtype=object)
    columns = {"name": "code", "estimate": summary.titled(study.agreement.primary), "low": "low"}
    columns |= {"high": "high"}
    if study.agreement.minimum is not None:
        columns |= {"q": f"P(below {study.agreement.minimum:g})", "q_holm": "over all codes (Holm)"}
    columns |= {measure: summary.titled(measure) for measure in study.agreement.measures[1:]}
    columns |= {"n_units": "units", "n_positive": "times applied", "note": "note"}
    notes = reading(headline(table), study)
    if not shows_people(study):
        notes.append(f"Codes applied too rarely have no line of numbers. {policy_of(study).said}")
    return show_table(rows, "Agreement by code", columns, notes, 2)


def _opening(variables: pd.Series) -> pd.Series:
    """Return variables that open their tables; a set of codes has no table of its own."""
    linked = [name if name == "codes" else Linked(name, to_agreement(variable=name)) for name in variables]
    return pd.Series(linked, index=variables.index, dtype=object)


def public_by_code(table: pd.DataFrame, corpus: Corpus, study: Study) -> pd.DataFrame:
    """Return agreement by code as the policy lets it be published.

    Where small counts are hidden, a code that was applied so rarely loses its coefficients, since they and
    the number of units give its count away; other counts are rounded.
    """
    rows = summary.by_code(table, public_corpus(corpus, study).codes, study)
    rows = public_ids(rows, corpus, study)
    if shows_people(study) or rows.empty:
        return rows
    rare = rarely_applied(rows["n_positive"], study)
    counts = rows["n_positive"].fillna(0).to_numpy(int)
    rows["n_positive"] = pd.array(policy_of(study).rounded(counts), dtype="Int64")
    numbers = ["estimate", "low", "high", "q", "q_holm", *study.agreement.measures[1:]]
    rows[numbers] = rows[numbers].astype(float).mask(rare)
    rows["n_positive"] = rows["n_positive"].mask(rare)
    rows["note"] = rows["note"].astype("string").mask(rare, "applied too rarely to be shown")
    return rows


def forest(table: pd.DataFrame, corpus: Corpus, study: Study) -> pd.DataFrame:
    """Return what the forest plot draws, as the policy lets it be published."""
    if headline(table)["code_id"].isna().all():
        return summary.forest_data(table, corpus.codes, study)
    rows = public_by_code(table, corpus, study)
    return rows.rename(columns={"name": "subject"})[["subject", "estimate", "low", "high", "n_units"]]


def by_pair(table: pd.DataFrame, study: Study, opens: bool = False) -> Shown:
    """Return every pair of coders; on some pages a pair opens its tables."""
    rows = summary.by_pair(_often(table, study), study)
    if rows.empty:
        return note("Fewer than two coders, or more than twenty: no lines by pair.")
    if opens:
        told = zip(rows["variable"], rows["pair"], strict=True)
        linked = [Linked(p, to_agreement(variable="" if v == "codes" else v, pair=p)) for v, p in told]
        rows["pair"] = pd.Series(linked, index=rows.index, dtype=object)
    columns = {"variable": "variable", "pair": "coders", "lines": "codes or variables", "median": "median"}
    columns |= {"smallest": "smallest", "largest": "largest"}
    return show_table(rows, f"{summary.titled(study.agreement.primary)} by pair of coders", columns)


def by_round(table: pd.DataFrame, corpus: Corpus, study: Study) -> Shown:
    """Return stages and rounds side by side."""
    rows = summary.by_round(_often(table, study), public_corpus(corpus, study).codes, study)
    if rows.empty:
        return note("One round of independent coding; nothing to set beside it.")
    caption = f"{summary.titled(study.agreement.primary)} by stage and round"
    return show_table(rows, caption, None, ["Rounds are never pooled; agreement need not rise by round."])


def same_coder(table: pd.DataFrame, study: Study) -> Shown:
    """Return how far each coder agrees with themselves an independent round earlier."""
    rows = summary.same_coder(_often(table, study), study)
    if rows.empty:
        return note("One independent round, so no coder can be compared with themselves.")
    columns = {"variable": "variable", "pair": "coder", "lines": "codes", "median": "median"}
    columns |= {"smallest": "smallest", "largest": "largest"}
    notes = ["Codes may have been redefined between rounds."]
    return show_table(rows, "One coder, two rounds", columns, notes)


def as_otherwise(views: pd.DataFrame, table: pd.DataFrame, corpus: Corpus, study: Study) -> Shown:
    """Return one code as other software computes it: the code that coders agree on least."""
    if views.empty:
        return note("No document has text and spans, so other software's character counts do not apply.")
    rows = summary.by_code(table, public_corpus(corpus, study).codes, study)
    rows = rows[~rarely_applied(rows["n_positive"], study)].dropna(subset=["estimate"])
    if rows.empty:
        return note("No code has a coefficient that may be shown beside other software's.")
    code = rows.sort_values("estimate", kind="stable").iloc[0]
    columns = {"vendor": "software", "measure": "measure", "value": "value", "unit": "unit"}
    columns |= {"universe": "which text counts", "formula": "formula", "n": "n"}
    caption = f"{code['name']}, as other software computes it"
    notes = [f"Here, by segment: {code['estimate']:.2f}. All codes and pairs: agreement_views.csv."]
    return show_table(views_of_code(views, code["code_id"]), caption, columns, notes)


def left_out(table: pd.DataFrame, corpus: Corpus, study: Study, rows: int = 12) -> Shown:
    """Return what would change most if one coder or one participant had not been there."""
    if not shows_people(study):
        return note(no_people(study))
    known = table.dropna(subset=["change"])
    known = known[known["change"] != 0]
    if known.empty:
        return note("Leaving out any one coder or participant changes nothing.")
    names = public_corpus(corpus, study).codes.set_index("code_id")["name"]
    labels = case_labels(corpus)
    who = known["name"].map(lambda name: labels.get(name, name))
    frame = known.assign(
        code=known["code_id"].map(names).astype("string").fillna(known["variable"]),
        who=known["without"].map({"coder": "coder ", "case": ""}) + who,
    )
    columns = {"who": "without", "code": "code or variable", "estimate": "with all", "left": "without"}
    columns["change"] = "change"
    return show_table(frame, "What leaving one out would change most", columns, rows=rows)


def in_place(table: pd.DataFrame, corpus: Corpus, study: Study, rows: int = 15) -> Shown:
    """Return the codes that coders applied in place of each other."""
    often = table[~policy_of(study).small(table["n"].to_numpy(int))]
    if often.empty:
        return note("No two codes were applied in place of each other, or too rarely to be shown.")
    names = public_corpus(corpus, study).codes.set_index("code_id")["name"].to_dict()
    frame = often.assign(
        gave_a=often["gave_a"].replace(names),
        gave_b=often["gave_b"].replace(names),
        n=policy_of(study).rounded(often["n"].to_numpy(int)),
    )
    columns = {"variable": "variable", "coder_a": "coder", "gave_a": "gave", "coder_b": "where"}
    columns |= {"gave_b": "gave", "n": "times"}
    return show_table(frame, "Codes applied in place of each other", columns, rows=rows)


def talk_next(table: pd.DataFrame, corpus: Corpus, study: Study) -> Shown:
    """Return the segments to talk about next."""
    if table.empty:
        return note("No segment holds agreement down.")
    if not shows_people(study):
        return note(no_people(study))
    frame = public_ids(table, corpus, study).assign(who=table["case_id"].map(case_labels(corpus)))
    if not shows_text(study):
        labels = code_labels(corpus, study)
        frame["codes"] = table["codes"].map(
            lambda codes: "; ".join(labels.get(code, code) for code in codes.split("; "))
        )
    columns = {"segment_id": "segment", "who": "participant", "codes": "coded differently for"}
    columns["influence"] = "influence"
    if unlinked(study):
        del columns["who"]
    notes = ["Those that hold the primary coefficient down most, summed over codes."]
    return show_table(frame, "Ten segments to talk about next", columns, notes, 3)


def package(check: pd.DataFrame) -> Shown:
    """Return the comparison of our alpha with the krippendorff package's."""
    if check.empty:
        return note("No Krippendorff's alpha among the measures, so nothing to check.")
    equal = int(check["equal"].sum())
    text = (
        f"Krippendorff's alpha by the krippendorff package equals Concord's, within 1e-12, "
        f"in {equal} of {len(check)} lines (undefined on both sides counts as equal)."
    )
    return note(text, "note" if equal == len(check) else "warning")


def _often(table: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return lines without those of codes that were applied too rarely to be shown."""
    rare = table["code_id"].notna() & rarely_applied(table["n_positive"], study)
    return table[~rare]


def reading(rows: pd.DataFrame, study: Study) -> list[str]:
    """Return what a reader needs beside every coefficient: unit, universe, assumption, interval."""
    if rows.empty:
        return []
    first, plan = rows.iloc[0], study.agreement
    universe = {"all_text": "all segments", "assigned": "segments that coders were asked to code"}
    when = {"before_coding": "before coding", "after_coding": "after coding"}.get(
        plan.chosen or "", "(not said)"
    )
    return [
        f"Unit: {first['unit']}; universe: {universe.get(first['universe'], 'segments coded by anyone')}; "
        f"assumption: {first['assumption'].replace('_', ' ')}; segmentation: {first['segmentation']}.",
        f"Primary coefficient: {summary.titled(plan.primary)}, chosen {when}. Interval: "
        f"{plan.interval.method}, clustered by {plan.interval.cluster}, {plan.interval.confidence:.0%}.",
    ]
