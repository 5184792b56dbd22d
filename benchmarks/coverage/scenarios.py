"""Studies drawn at random whose true agreement is known exactly.

A coder gives the true value of a unit with probability ``a``, else a value at random from the shares ``p``.
Two coders then agree with probability a² + (1 - a²) Σp², so alpha, Fleiss' and Conger's kappa are a² in the
long run, at any level of measurement. In clustered scenarios each participant has an accuracy of their own,
Beta(4.2, 1.8), and shares of their own, Dirichlet(4p): the truth is E a² = .52.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["SCENARIOS", "Scenario"]

FOUR = (0.4, 0.3, 0.2, 0.1)
ACCURACY = 0.75
BETA = (4.2, 1.8)


@dataclass(frozen=True)
class Scenario:
    """A kind of study.

    Attributes
    ----------
    units : int
        In all, or of each participant.
    participants : int
        0 where units are independent.
    """

    name: str
    units: int
    participants: int = 0
    coders: int = 3
    shares: tuple[float, ...] = FOUR
    missing: float = 0.2

    @property
    def squared_accuracy(self) -> float:
        """Return E a²."""
        if not self.participants:
            return ACCURACY**2
        one, other = BETA
        mean = one / (one + other)
        return mean**2 + mean * (1 - mean) / (one + other + 1)

    def truth(self, measure: str) -> float:
        """Return the coefficient that an endless study would give."""
        same = float(np.square(self.shares).sum())
        observed = self.squared_accuracy + (1 - self.squared_accuracy) * same
        if measure == "percent":
            return observed
        chance = (1 - same) / (len(self.shares) - 1) if measure == "gwet_ac1" else same
        return (observed - chance) / (1 - chance)

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray | None]:
        """Return ratings (M, N), nan where missing, and the participant of each unit."""
        values = np.arange(len(self.shares))
        if self.participants:
            participant = np.repeat(np.arange(self.participants), self.units)
            accuracy = rng.beta(*BETA, self.participants)[participant]
            own = rng.dirichlet(4 * np.array(self.shares), self.participants).cumsum(axis=1)[participant]
            truth = (rng.random((len(participant), 1)) > own[:, :-1]).sum(axis=1)
        else:
            participant, accuracy = None, np.full(self.units, ACCURACY)
            truth = rng.choice(values, self.units, p=self.shares)
        shape = (self.coders, len(truth))
        guessed = rng.choice(values, shape, p=self.shares)
        rated = np.where(rng.random(shape) < accuracy, truth, guessed).astype(float)
        rated[rng.random(shape) < self.missing] = np.nan
        return rated, participant


SCENARIOS = (
    Scenario("20 units", 20),
    Scenario("50 units", 50),
    Scenario("100 units", 100),
    Scenario("400 units", 400),
    Scenario("2,000 units, two values", 2000, shares=(0.5, 0.5)),
    Scenario("100 units, 90 % one value, 2 coders, complete", 100, coders=2, shares=(0.9, 0.1), missing=0.0),
    Scenario("100 units, 5 coders, complete", 100, coders=5, missing=0.0),
    Scenario("6 participants x 25", 25, participants=6),
    Scenario("7 participants x 25", 25, participants=7),
    Scenario("8 participants x 25", 25, participants=8),
    Scenario("15 participants x 20", 20, participants=15),
    Scenario("30 participants x 20", 20, participants=30),
)
"""Seven kinds of independent units, five of segments clustered in participants."""
