"""Password, second factor, sessions."""
