"""The whole API against a model of what it must answer."""
