"""Signing, records and their evidence."""
