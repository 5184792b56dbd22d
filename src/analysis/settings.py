"""What study.yml says of the analysis, part by part, and what each may hold."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field, field_validator

from .errors import did_you_mean, quoted
from .parts import Part, as_text

__all__ = [
    "AgreementPlan",
    "Disclosure",
    "DoubleCoding",
    "Exclude",
    "IntervalPlan",
    "LabelRule",
    "Method",
    "QuotesPlan",
    "Saturation",
    "Source",
    "ThemesPlan",
    "Variable",
    "Where",
]

Kind = Literal["nominal", "ordinal", "interval", "ratio"]
Method = Literal["coding_reliability", "codebook", "framework", "gdi_qr", "cqr", "reflexive"]
Unit = Literal[
    "segment", "character", "token", "sentence", "paragraph", "turn", "question", "document", "case"
]
Measure = Literal[
    "percent",
    "unanimous",
    "positive_agreement",
    "negative_agreement",
    "cohen_kappa",
    "cohen_kappa_linear",
    "cohen_kappa_quadratic",
    "conger_kappa",
    "light_kappa",
    "fleiss_kappa",
    "scott_pi",
    "randolph_kappa",
    "brennan_prediger",
    "pabak",
    "gwet_ac1",
    "gwet_ac2",
    "krippendorff_alpha",
    "alpha_u",
    "alpha_cu",
]


class Source(Part):
    """The publication that a study follows."""

    doi: str | None = None
    citation: str | None = None
    url: str | None = None


class Where(Part):
    """A filter over segments and coders; every condition must hold."""

    speaker: str | list[str] | None = None
    group: str | list[str] | None = None
    case: str | list[str] | None = None
    document: str | list[str] | None = None
    question: str | list[str] | None = None
    coders: str | None = Field(None, description="at_least N: only units that N coders or more rated.")

    @field_validator("coders")
    @classmethod
    def _at_least(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"at_least [1-9]\d*", value):
            raise ValueError(f"must read `at_least N`, as in `at_least 2`. Found {quoted(value)}.")
        return value

    @property
    def at_least(self) -> int:
        """How many coders a unit needs."""
        return int(self.coders.split()[1]) if self.coders else 1

    def columns(self) -> dict[str, list[str]]:
        """Return the conditions on segments as column -> allowed values."""
        given = {
            "speaker": self.speaker,
            "group": self.group,
            "case_id": self.case,
            "document_id": self.document,
            "question": self.question,
        }
        return {name: [v] if isinstance(v, str) else v for name, v in given.items() if v is not None}


class Variable(Part):
    """A single-valued rating: one value a segment, coder, stage and round."""

    kind: Kind
    values: list[str] | None = None
    where: Where = Where()
    levels: list[Literal["nominal", "ordinal", "interval", "ratio", "circular", "bipolar"]] = Field(
        [], description="Levels that alpha is also computed at; `kind` always is."
    )

    @field_validator("values", mode="before")
    @classmethod
    def _words(cls, value: Any) -> Any:
        return as_text(value) if isinstance(value, list) else value


class IntervalPlan(Part):
    """How uncertainty is stated."""

    method: Literal["linearised", "gwet", "bootstrap", "kalpha", "jackknife"] = "linearised"
    cluster: Literal["case", "document", "none"] = "case"
    confidence: float = Field(0.95, gt=0.5, lt=1)
    draws: int = Field(1000, ge=100, le=1_000_000)


class AgreementPlan(Part):
    """What is compared, by which coefficient, with which interval."""

    unit: Unit = "segment"
    primary: Measure = "krippendorff_alpha"
    chosen: Literal["before_coding", "after_coding"] | None = None
    companions: list[Measure] = Field(["percent", "gwet_ac1"])
    minimum: float | None = Field(None, gt=-1, lt=1)
    where: Where = Where()
    interval: IntervalPlan = IntervalPlan()

    @property
    def measures(self) -> list[str]:
        """The primary coefficient first, then its companions."""
        return list(dict.fromkeys([self.primary, *self.companions]))


class DoubleCoding(Part):
    """How the documents that several people coded were drawn."""

    drawn: Literal["all", "random", "purposive", "first"]
    by: str | None = None
    share: float | None = Field(None, gt=0, le=1)


class QuotesPlan(Part):
    """Which segments may stand as quotes, before consent and disclosure."""

    agreed: Literal["any", "all_coders"] = Field(
        "all_coders", description="all_coders: those that every coder who saw them gave the code come first."
    )
    least_words: int = Field(4, ge=1)
    most_words: int = Field(80, ge=1)
    labels: Literal["running", "by_code"] = Field(
        "running", description="by_code numbers speakers anew under each code, so that quotes do not link up."
    )


class LabelRule(Part):
    """One line of a rule for frequency labels; the first line whose every condition holds gives the label."""

    label: str
    at_least: int | None = Field(None, ge=0, description="That many participants or more.")
    at_most: int | None = Field(None, ge=0, description="That many participants or fewer.")
    all_but: int | None = Field(None, ge=0, description="All participants but that many, or more of them.")
    more_than: float | None = Field(None, ge=0, lt=1, description="More than that share of participants.")
    base_over: int | None = Field(None, ge=0, description="Only where the base is larger than that.")


class ThemesPlan(Part):
    """Which codings count for a theme, and how often is said."""

    counted: str | None = None
    ties: Literal["first_coder", "unresolved"] = "first_coder"
    labels: Literal["cqr2005", "four_labels", "none"] | list[LabelRule] = "none"
    show: Literal["n", "n_percent", "labels", "words", "none"] = Field(
        "n", description="How tables say how many contributed; percent stands from a base of 20 on."
    )
    quotes_per_theme: int = Field(2, ge=0)
    quotes: QuotesPlan = QuotesPlan()

    @field_validator("counted")
    @classmethod
    def _rule(cls, value: str | None) -> str | None:
        rules = ["consensus", "all", "any", "majority"]
        if value is not None and value not in rules and not re.fullmatch(r"coder:.+", value):
            raise ValueError(
                f"must be one of {', '.join(rules)} or coder:NAME. Found {quoted(value)}."
                f"{did_you_mean(value, rules)}"
            )
        return value


class Saturation(Part):
    """New codes by interview; only where asked."""

    run: bool = False


class Disclosure(Part):
    """What may be published."""

    policy: Literal[
        "as_published",
        "text_free",
        "nhs_mental_health",
        "hes_before_2018",
        "nhs_subnational",
        "opensafely",
        "opensafely_midpoint6",
        "ukllc",
        "acro",
    ] = Field(
        description="Write `policy: as_published` (quotes of consenting participants and all counts are "
        "shown), `policy: text_free` (no text leaves data/derived) or a policy that hides small counts: "
        "nhs_mental_health, hes_before_2018, nhs_subnational, opensafely, opensafely_midpoint6, ukllc, acro."
    )
    indirect: list[str] = Field([], description="Columns of cases that could tell who somebody is.")
    reviewed: str | None = Field(
        None, description="Who agreed to three or more of them being shown, or where that is recorded."
    )
    names: str | None = Field(
        None, description="File in the study's folder, one name a line, that nothing published may hold."
    )
    allowed: list[str] = Field(
        [],
        description="Texts that look like a direct identifier and may be published, exactly as they stand: a "
        "contact address, an id that has the shape of a telephone number.",
    )
    code_names: Literal["researchers"] | None = Field(
        None,
        description="Under text_free names of codes that were not there beforehand (a_priori) are replaced "
        "by ids, since they may be participants' words; `researchers` says that none is.",
    )

    @field_validator("allowed", mode="before")
    @classmethod
    def _words(cls, value: Any) -> Any:
        return as_text(value)


class Exclude(Part):
    """What is left out of every number; for robustness checks."""

    coder: list[str] = Field([])
    case: list[str] = Field([])
    group: list[str] = Field([])

    @field_validator("coder", "case", "group", mode="before")
    @classmethod
    def _words(cls, value: Any) -> Any:
        return as_text([value] if isinstance(value, str | int) else value)
