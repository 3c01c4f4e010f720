"""The ledger of payments."""
