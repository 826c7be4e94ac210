"""The atlas: who is represented where in the world, one sheet a State, as one page."""
