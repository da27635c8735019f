"""Campaigns: a commune's plan as data, where each stands with its evidence, what is due next."""
