"""The methods paragraph: what a paper says about coding and agreement, filled from results, gaps visible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .coders import independent_codings
from .corpus import Corpus
from .counting import Counted
from .disclosure import policy_of
from .labels import rule_said
from .measurenames import named
from .study import METHOD_NAMES, Study

__all__ = ["GAP", "methods_text", "recorded_values"]

GAP = "[to be written by the authors: {}]"
DRAWN = {
    "all": "all of them",
    "random": "drawn at random",
    "purposive": "chosen on purpose",
    "first": "the first ones",
}
UNITS = {"segment": "segments", "case": "participants", "character": "characters", "token": "words"}


def methods_text(
    corpus: Corpus, study: Study, counted: Counted | None, recorded: Mapping[str, float | int | None]
) -> str:
    """Return the methods paragraphs as Markdown.

    Parameters
    ----------
    corpus : Corpus
    study : Study
    counted : Counted or None
    recorded : mapping
        Result key -> value; a number that is not there leaves a visible gap, never a guess.

    Returns
    -------
    str
        Every number stands as its result has it; what no data can say is a gap in square brackets.
    """
    lines = [f"# Methods: {study.title}", ""]
    if study.simulated:
        lines += ["> Simulated data: these numbers describe a demonstration, not a study.", ""]
    used = Cited(recorded)
    paragraphs = [_sample(used), _coding(corpus, study, used)]
    paragraphs += [_agreement(study, used), _themes(study, counted), _integrity(corpus)]
    cited = [
        "",
        "",
        "Numbers above, and the results that they are (`concord trace STUDY KEY`):",
        "",
        *used.lines(),
    ]
    text = "\n\n".join(text for text in paragraphs if text)
    return "\n".join([*lines, text, *(cited if used.keys_used else []), ""])


class Cited(Mapping[str, float | int | None]):
    """Results by key that remember which of them were used.

    Parameters
    ----------
    recorded : mapping
        Result key -> value.
    """

    def __init__(self, recorded: Mapping[str, float | int | None]) -> None:
        self._recorded = recorded
        self.keys_used: dict[str, None] = {}

    def __getitem__(self, key: str) -> float | int | None:
        value = self._recorded[key]
        if value is not None:
            self.keys_used[key] = None
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._recorded)

    def __len__(self) -> int:
        return len(self._recorded)

    def lines(self) -> list[str]:
        """Return one line a result that was used, in the order of their use."""
        return [f"- `{key}` = {self._recorded[key]:.12g}" for key in self.keys_used]


def _gap(what: str) -> str:
    return GAP.format(what)


def _number(recorded: Mapping[str, float | int | None], key: str, what: str) -> str:
    value = recorded.get(key)
    return _gap(what) if value is None else f"{value:g}"


def _sample(recorded: Mapping[str, float | int | None]) -> str:
    n = _number(recorded, "cases.n", "number of participants")
    prefix = "cases.group."
    keys = [key for key in recorded if key.startswith(prefix)]
    keys = keys if len(keys) > 1 else []
    groups = {key.removeprefix(prefix).strip('"'): recorded[key] for key in keys}
    split = ", ".join(
        f"{name.replace('_', ' ')} {count:g}" for name, count in groups.items() if count is not None
    )
    split = f" ({split})" if len(groups) > 1 else ""
    how = _gap(
        "how they were approached and chosen, who declined, and how interviews were held and transcribed"
    )
    return f"{n} people took part{split}. {how}"


def _coding(corpus: Corpus, study: Study, recorded: Mapping[str, float | int | None]) -> str:
    independent = independent_codings(corpus)
    method = f"The analysis followed {METHOD_NAMES[study.method]}."
    if independent.empty:
        return f"{method} No independent round of coding was kept."
    n_coders = independent["coder_id"].nunique()
    n = _number(recorded, "documents.n", "number of transcripts")
    several = _number(recorded, "double_coded.documents", "transcripts coded twice")
    drawn = study.double_coding
    said = DRAWN[drawn.drawn] if drawn else _gap("how these transcripts were chosen")
    by = f" by {drawn.by}" if drawn and drawn.by else ""
    unit = UNITS.get(study.agreement.unit, f"{study.agreement.unit}s")
    texts = [
        method,
        f"{n_coders} coder{'s' if n_coders > 1 else ''} independently coded transcripts in units of {unit}; "
        f"{several} of {n} transcripts were coded by two coders or more ({said}{by}), before discussion.",
    ]
    rounds = independent["round"].nunique()
    if rounds > 1:
        texts.append(
            f"Coding went through {rounds} independent rounds, never pooled; figures are of the last."
        )
    if (corpus.codings["stage"] == "training").any():
        texts.append("Training codings are in no figure.")
    if (corpus.codings["stage"] == "consensus").any():
        texts.append("Differences were then settled in consensus.")
    else:
        texts.append(_gap("how differences were settled"))
    codes = corpus.codes
    if not codes.empty and codes["a_priori"].notna().all():
        before = int(codes["a_priori"].astype(bool).sum())
        texts.append(
            f"Of {len(codes)} codes, {before} were set beforehand and {len(codes) - before} emerged."
        )
    if not corpus.recodes.empty:
        texts.append(f"Changes to the codebook on record: {len(corpus.recodes)}.")
    return " ".join(texts)


def _agreement(study: Study, recorded: Mapping[str, float | int | None]) -> str:
    if study.not_applicable("02_agreement"):
        return ""
    plan = study.agreement
    name = named(plan.primary)
    when = {"before_coding": "chosen before coding", "after_coding": "chosen after coding"}
    chosen = when.get(plan.chosen or "", _gap("whether the coefficient was chosen before coding"))
    interval = (
        f"{plan.interval.confidence:.0%} intervals ({plan.interval.method}, by {plan.interval.cluster})"
    )
    found = []
    median = recorded.get(f"agreement.codes.{plan.primary}.median")
    if median is not None:
        low = recorded.get(f"agreement.codes.{plan.primary}.min")
        high = recorded.get(f"agreement.codes.{plan.primary}.max")
        span = f" (range {low:.2f} to {high:.2f})" if low is not None and high is not None else ""
        found.append(f"its median over codes was {median:.2f}{span}, code by code in Table 6")
    for variable in study.variables:
        value = recorded.get(f"agreement.{variable}.{plan.primary}")
        if value is not None:
            found.append(f"it was {value:.3f} for {variable.replace('_', ' ')}")
    result = "; ".join(found) if found else _gap("the coefficient, undefined or not assessable here")
    least = f" The study's own minimum was {plan.minimum:g}." if plan.minimum is not None else ""
    return (
        f"Agreement before discussion was measured by {name}, {chosen}, with {interval}; {result}.{least} "
        "A coefficient does not say that an interpretation is right."
    )


def _themes(study: Study, counted: Counted | None) -> str:
    if counted is None:
        return ""
    labels = study.themes.labels
    told = "" if labels == "none" else f" Frequency labels follow a stated rule ({rule_said(labels)})."
    return (
        f"A code counts for a segment {counted.said}; a theme's participants are all who contributed to it "
        f"or to one of its subcodes, each once.{told} {policy_of(study).said}"
    )


def _integrity(corpus: Corpus) -> str:
    texts = []
    if not corpus.audit.empty:
        auditors = corpus.audit["auditor"].nunique()
        texts.append(f"{auditors} auditor{'s' if auditors > 1 else ''} made remarks: {len(corpus.audit)}.")
    if corpus.withdrawn:
        who = "participant" if corpus.withdrawn == 1 else "participants"
        texts.append(f"{corpus.withdrawn} {who} withdrew; nothing of theirs was analysed.")
    texts.append(_gap("reflexivity: who the researchers are to the participants"))
    return " ".join(texts)


def recorded_values(entries: Iterable[Mapping[str, Any]]) -> dict[str, float | int | None]:
    """Return key -> value of entries of results.json."""
    return {entry["key"]: entry["value"] for entry in entries}
