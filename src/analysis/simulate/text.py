"""A small sentence grammar: templates with choices in square brackets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import cycle

import numpy as np

from .chance import pick, shuffled

__all__ = ["Grammar"]

CHOICE = re.compile(r"\[([^\]]*)\]")
TEMPLATES_TRIED, FILLED = 20, 40


class Grammar:
    """Writes sentences about a topic, taking its templates in turn, and never the same one twice.

    Parameters
    ----------
    templates : mapping of str to sequence of str
        Topic -> templates; ``[a|b|]`` is a choice, possibly of nothing.
    rng : numpy Generator

    Examples
    --------
    >>> from analysis.simulate.chance import generator
    >>> Grammar({"tea": ["[more|more] tea, please."]}, generator(1, "text")).sentence("tea")
    'More tea, please.'
    """

    def __init__(self, templates: Mapping[str, Sequence[str]], rng: np.random.Generator) -> None:
        self.rng = rng
        self._said: set[str] = set()
        self._next = {topic: cycle(shuffled(rng, templates[topic])) for topic in templates}

    def sentence(self, topic: str) -> str:
        """Return a sentence on the topic that has not been written before.

        Raises
        ------
        RuntimeError
            If the templates hold too few different sentences.
        """
        for _ in range(TEMPLATES_TRIED):
            template = next(self._next[topic])
            for _ in range(FILLED):
                said = self._filled(template)
                if said not in self._said:
                    self._said.add(said)
                    return said
        raise RuntimeError(f"the templates for {topic} are used up: add some.")

    def repeatable(self, topic: str) -> str:
        """Return a sentence on the topic; others may have said it before."""
        return self._filled(next(self._next[topic]))

    def _filled(self, template: str) -> str:
        filled = CHOICE.sub(lambda found: pick(self.rng, found[1].split("|")), template)
        tidy = re.sub(r" +([,.?;])", r"\1", re.sub(r" {2,}", " ", filled)).strip()
        return tidy[0].upper() + tidy[1:]
