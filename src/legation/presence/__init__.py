"""Presence: readers of the data sets that list who is represented where."""
