"""What is booked on boats and people: charters and holds, what overlaps, the week."""
