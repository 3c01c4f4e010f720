"""Ship Captain Crew: the dispatch desk of a small charter operator."""

__version__ = "0.1.0"
