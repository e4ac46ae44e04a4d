"""Deadlines: which limits run for a file, when they end and why, and whether they were kept."""
