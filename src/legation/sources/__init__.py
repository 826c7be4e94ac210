"""Sources: cases from folders and workbooks, and back; the product's own States."""

from legation.sources.reading import locate, read_case
from legation.sources.world import load_states, packaged
from legation.sources.writing import convert, write_case

__all__ = ["convert", "load_states", "locate", "packaged", "read_case", "write_case"]
