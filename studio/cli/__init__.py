"""The command line: thin over the same verbs that the pages use."""

import sys

try:
    from studio.cli.main import main
except KeyboardInterrupt:  # Ctrl-C in the second that reading the modules takes
    sys.exit(130)

__all__ = ["main"]
