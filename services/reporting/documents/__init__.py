"""Papers that are made of what is on record: model letters, registers, figures, the report."""
