"""Results as a study's policy lets them be published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from .corpus import Corpus
from .keys import split
from .paths import Workspace
from .sealing import Sealer
from .study import Study

__all__ = ["PublicResults"]

ABOUT_ALL = {"level", "aggregation", "unit"}
FIGURES = ("value", "low", "high", "n", "unit")


class PublicResults(Sealer):
    """Keys and figures of results that may stand on a page or in a table below reports.

    Results about one participant, document or segment are left out; coders and codes whose ids may be words
    become labels. Where the policy hides small counts only coefficients over everything stand, without bases.

    Parameters
    ----------
    workspace : Workspace
    study : Study
    corpus : Corpus
        The study's tables before anybody is left out, so that every run names coders and codes alike.
    """

    def __init__(self, workspace: Workspace, study: Study, corpus: Corpus) -> None:
        super().__init__(workspace, study)
        self._whole = corpus

    @cached_property
    def _corpus(self) -> Corpus | None:
        return self._whole

    def entries(self, results: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return key, value, low, high, n and unit of each result that may be published."""
        found = []
        for entry in results:
            key = self.key(str(entry["key"]))
            if key is None or not (self.open or _is_over_everything(entry)):
                continue
            figures = {name: entry.get(name) for name in FIGURES}
            found.append({"key": key, **figures, **({} if self.open else {"n": None})})
        return found


def _is_over_everything(entry: Mapping[str, Any]) -> bool:
    """Tell whether a result is a coefficient that no single code, value, pair or group is behind."""
    parts, only = split(str(entry["key"]))
    whole = len(parts) == 3 or (len(parts) == 4 and parts[3] == "median")
    return (
        parts[0] == "agreement" and entry.get("unit") == "coefficient" and whole and only.keys() <= ABOUT_ALL
    )
