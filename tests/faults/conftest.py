"""Makes `faults` importable, as `python -m tests.faults` does."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))
