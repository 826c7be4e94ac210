"""Questions about a plan, each answered by solving again: why, why not, what else, how much for how much money."""
