"""Calendar feeds: who subscribed to one sees charters and holds in their own calendar."""
