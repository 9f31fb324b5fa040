"""What the four themes (cadastre, mobility, public security, resilience) know of their own data."""
