"""The face of Attune: the pages and the command line, over the public names of `jobs`."""
