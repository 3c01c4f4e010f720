"""What boats and people have in common: stored records that are edited, set inactive and booked, with papers."""
