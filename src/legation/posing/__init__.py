"""Posing location problems: from the files research keeps, places and costs to what is asked about them. Pure."""
