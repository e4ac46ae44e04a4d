"""Reporting: what is known of every file, folded from the ledger; records nothing of its own."""
