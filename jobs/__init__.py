"""The engine of Attune: everything that works without a browser."""
