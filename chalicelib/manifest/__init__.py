"""Who is aboard."""
