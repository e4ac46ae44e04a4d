"""Assignment: who settles an accepted petition, how it was decided, and when it is closed."""
