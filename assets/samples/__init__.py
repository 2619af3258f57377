"""Two small data sets to try the product with, and the generator that made them."""
