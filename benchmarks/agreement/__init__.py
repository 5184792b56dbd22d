"""Agreement coefficients measured beside those of other packages."""
