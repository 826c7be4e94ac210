"""Sources: cases from folders and workbooks, and back; the product's own States."""

from legation.sources.corrections import Correction, read_corrections, with_correction
from legation.sources.reading import locate, read_case
from legation.sources.world import World, load_states, load_table, packaged, read_world
from legation.sources.writing import convert, write_case

__all__ = [
    "Correction",
    "World",
    "convert",
    "load_states",
    "load_table",
    "locate",
    "packaged",
    "read_case",
    "read_corrections",
    "read_world",
    "with_correction",
    "write_case",
]
