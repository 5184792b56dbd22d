"""Results as a study's policy lets them be published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from .corpus import Corpus
from .paths import Workspace
from .publickeys import is_over_everything
from .sealing import Sealer
from .study import Study

__all__ = ["PublicResults"]

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

    @property
    def coders(self) -> dict[str, str]:
        """Coder id -> what stands for it, for ids that may be names."""
        return dict(self._coders)

    def entries(self, results: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return key, value, low, high, n and unit of each result that may be published."""
        found = []
        for entry in results:
            key = self.key(str(entry["key"]))
            whole = entry.get("unit") == "coefficient" and is_over_everything(str(entry["key"]))
            if key is None or not (self.open or whole):
                continue
            figures = {name: entry.get(name) for name in FIGURES}
            found.append({"key": key, **figures, **({} if self.open else {"n": None})})
        return found
