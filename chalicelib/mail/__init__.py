"""The outbox and what carries its mails."""
