"""A case, and the problem that is drafted from it."""
