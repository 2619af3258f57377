"""Where a base model comes from, what it can do, and how it is loaded."""
