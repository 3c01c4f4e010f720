"""The CloudFront distribution: `python -m tools.edge`."""
