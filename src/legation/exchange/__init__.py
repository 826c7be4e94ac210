"""Exchange with the world's data sets: what readers share."""
