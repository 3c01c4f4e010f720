"""`make bench`: one table of what the product costs."""
