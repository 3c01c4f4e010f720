"""The whole product on this machine: `python -m tools.local run`."""
