"""A package, so that the running system is stopped when the last of these tests is done."""
