"""Counsel: questions about a case or a place, asked of the core and answered with their proof."""
