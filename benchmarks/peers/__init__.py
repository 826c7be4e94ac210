"""The same plain model, written in each package that ours is measured against."""
