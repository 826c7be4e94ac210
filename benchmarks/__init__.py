"""Build and solve times against other packages; run on purpose, never in the suite."""
