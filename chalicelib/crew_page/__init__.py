"""A captain's or crew member's own page, and the manifest that the captain of the day ticks off at the dock."""
