"""Readers of facts: what the world's data sets say of States and of pairs of States."""
