"""The table added up anew: `python -m tools.audit`."""
