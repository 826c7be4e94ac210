"""Delivery: what was planned and what has happened, when the rest will be, and the plan from today on."""
