"""Let the tests of the shell share what they are made from."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
