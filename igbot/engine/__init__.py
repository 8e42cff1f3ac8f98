"""What runs in the background: turns, photos, sending, and the loops that keep them going."""
