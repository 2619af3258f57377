"""A seeded generator of synthetic instruction data; nothing in it was downloaded."""
