"""Concord: from coded interview segments to numbers that stand up."""

__version__ = "0.1.0"
