"""What of a study may leave in a bundle: whose text, under which names, with which settings."""
