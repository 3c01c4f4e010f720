"""Stand-ins for DynamoDB, SES and an SMTP server, which fail as a test tells them to."""
