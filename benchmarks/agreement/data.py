"""The data that every tool gets, written once to files that need nothing but numpy to be read."""

from __future__ import annotations

from pathlib import Path

import numpy as np

__all__ = ["codes", "matrix", "sets", "write_all"]

MATRICES = {"2 x 100": (2, 100), "3 x 1k": (3, 1_000), "5 x 10k": (5, 10_000), "5 x 100k": (5, 100_000)}
MATRICES["5 x 1M"] = (5, 1_000_000)


def matrix(coders: int, units: int, values: int = 10) -> np.ndarray:
    """Return ratings (M, N), a fifth missing: right with probability .7, else any of 1 to `values`."""
    rng = np.random.default_rng(coders * units)
    truth = rng.integers(1, values + 1, units)
    guess = rng.integers(1, values + 1, (coders, units))
    rated = np.where(rng.random((coders, units)) < 0.7, truth, guess).astype(float)
    rated[rng.random(rated.shape) < 0.2] = np.nan
    return rated


def codes(n_codes: int = 200, coders: int = 5, units: int = 20_000) -> dict[str, np.ndarray]:
    """Return marks of many rare codes, and who was assigned what."""
    rng = np.random.default_rng(200)
    assigned = rng.random((coders, units)) < 0.8
    given = np.zeros((coders, n_codes, units), bool)
    for code in range(n_codes):
        share = rng.uniform(0.002, 0.015)
        truth = rng.random(units) < share
        right = rng.random((coders, units)) < 0.8
        given[:, code] = np.where(right, truth, rng.random((coders, units)) < share) & assigned
    coder, code, unit = np.nonzero(given)
    return {"coder": coder, "code": code, "unit": unit, "assigned": assigned}


def sets(coders: int = 3, units: int = 2_000, n_codes: int = 12) -> np.ndarray:
    """Return sets of up to three codes as bits (M, N), -1 where missing."""
    rng = np.random.default_rng(3)
    truth = rng.random((units, n_codes)) < 0.12
    rated = np.where(
        rng.random((coders, units, n_codes)) < 0.95, truth, rng.random((coders, units, n_codes)) < 0.12
    )
    bits = (rated * (1 << np.arange(n_codes))).sum(axis=-1)
    bits[rng.random(bits.shape) < 0.1] = -1
    return bits


def write_all(folder: Path) -> None:
    """Write all data sets as .npz below `folder`."""
    for name, size in MATRICES.items():
        np.savez(folder / f"{name}.npz", values=matrix(*size))
    np.savez(folder / "codes.npz", **codes())
    np.savez(folder / "sets.npz", bits=sets())
