"""The boats that are chartered."""
