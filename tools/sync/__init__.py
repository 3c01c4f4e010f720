"""Releases of the SPA: `python -m tools.sync`."""
