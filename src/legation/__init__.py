"""Legation plans where a State is represented, within its money and people, and proves the plan."""

__version__ = "0.1.0"
