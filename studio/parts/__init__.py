"""Pieces of HTML that the pages are put together from; every text from a person is escaped."""
