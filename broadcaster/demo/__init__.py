"""The demonstration commune, and the whole chain run once as a command that ends."""
