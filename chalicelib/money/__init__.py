"""The arithmetic of money: amounts, methods, the ledger."""
