"""`python -m tests.faults --real 100 --light 400 --seed 1`: the full form, and a table of it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # where `faults` is, however this was called
sys.path.insert(0, str(Path(__file__).parents[2]))

if __name__ == "__main__":
    from faults.campaign import main

    sys.exit(main())
