"""What a person reads: templates of pages and mails, their languages, and the policy around a page."""
