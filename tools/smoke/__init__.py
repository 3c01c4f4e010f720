"""Does a deployment answer as it should: `python -m tools.smoke`."""
