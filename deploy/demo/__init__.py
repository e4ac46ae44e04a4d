"""A year of petitions of one invented ward, played on the real services and told as a story."""
