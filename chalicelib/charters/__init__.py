"""Charters and the board."""
