"""`python -m studio.cli`, for where the `attune` script is not on the path."""

from studio.cli.main import main

main()
