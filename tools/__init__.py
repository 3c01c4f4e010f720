"""The commands around the product: one file a command, `python -m tools.NAME --help`."""
