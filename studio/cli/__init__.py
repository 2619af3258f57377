"""The command line: thin over the same verbs that the pages use."""

from studio.cli.main import main

__all__ = ["main"]
