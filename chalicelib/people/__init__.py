"""The people who sail as captain or crew."""
