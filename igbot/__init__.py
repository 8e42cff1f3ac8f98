"""The platform: it knows Instagram, and nothing of the shop."""
