"""Prompts that any general language model can be asked, to notice what a tuning made it forget."""
