"""Affinity: how likely a State in a given position is to hold or open an embassy, from what all States did."""
