"""How often an interval holds the true coefficient, in simulated studies whose truth is known."""
