"""Let the laws share their random problems and their exhaustive search."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
