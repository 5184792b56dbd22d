"""Measured side by side with named peers, in one run; never part of the tests."""
