"""Telling people that their charter has changed: another time, boat or port, or that it is off."""
