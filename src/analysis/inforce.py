"""The settings in force for a run, each known by a label and told apart by its hash."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any

from pydantic import TypeAdapter

from .contents import ABSENT, digest
from .study import Study

__all__ = ["DECLARED", "EVERYTHING", "GIVEN", "KINDS", "InForce", "folded", "is_setting", "label"]

GIVEN = "setting"  # as a step is run
DECLARED = "declared setting"  # as study.yml has it, whatever a run overrides
KINDS = (GIVEN, DECLARED)
ANY = "of any kind"
ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)
EVERYTHING = tuple(f"{kind} {ANY}" for kind in KINDS)


def label(kind: str, path: str) -> str:
    """Return what a setting is called among a step's inputs; an empty path stands for all settings.

    Examples
    --------
    >>> label(GIVEN, "agreement.unit"), label(DECLARED, "")
    ('setting agreement.unit', 'declared setting of any kind')
    """
    return f"{kind} {path or ANY}"


def is_setting(told: str) -> bool:
    """Tell whether something among a step's inputs is a setting."""
    return told.startswith(tuple(f"{kind} " for kind in KINDS))


def folded(inputs: Mapping[str, str]) -> dict[str, str]:
    """Return a step's inputs with one hash for all settings: that of one small setting could be guessed."""
    settings = {told: sha for told, sha in inputs.items() if is_setting(told)}
    rest = {told: sha for told, sha in inputs.items() if told not in settings}
    return {**rest, "settings": digest(json.dumps(settings, sort_keys=True))}


class InForce:
    """The settings that a run of a study works under.

    Parameters
    ----------
    study : Study
        With the run's overrides.
    declared : Study, optional
        As study.yml has it, if the two differ.
    """

    def __init__(self, study: Study, declared: Study | None = None) -> None:
        self.study = study
        self._of = {GIVEN: study, DECLARED: declared or study}
        self._known: dict[str, str] = {}

    @property
    def whole(self) -> dict[str, str]:
        """Label -> hash of all settings: what counts where it is not known which were read."""
        return self.hashes(EVERYTHING)

    def hashes(self, labels: Iterable[str]) -> dict[str, str]:
        """Return label -> hash of what each setting says."""
        return {each: self._hash(each) for each in sorted(labels)}

    def _hash(self, told: str) -> str:
        if told not in self._known:
            kind = DECLARED if told.startswith(DECLARED) else GIVEN
            path = told.removeprefix(kind).strip()
            parts = [] if path == ANY else path.split(".")
            value = reduce(_inside, parts, self._of[kind])
            self._known[told] = digest(ANYTHING.dump_json(value))
        return self._known[told]


def _inside(part: Any, name: str) -> Any:
    return getattr(part, name, ABSENT)
