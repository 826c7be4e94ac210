"""The problem as a mixed-integer programme: written down as arrays, solved, and read back as a plan."""
