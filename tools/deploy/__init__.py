"""The full deployment to AWS: `python -m tools.deploy`."""
