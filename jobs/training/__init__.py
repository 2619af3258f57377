"""Training: encode, batches, the loop, checkpoints, the forecast.

`jobs.training.loop.train` imports torch and belongs into a child; what is here does not.
"""
