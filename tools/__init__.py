"""The commands around the product: `python -m tools.NAME --help`, in the environment that `make` puts into `.venv`."""
