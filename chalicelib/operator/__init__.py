"""Who runs the charters: what the desk may change of it, and its private links."""
