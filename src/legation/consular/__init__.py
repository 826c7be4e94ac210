"""Consular service: who needs a consul where, which post serves them, and whether it can."""
