"""The commune's other channels: what went on air, as feeds, a player and a calendar for anybody."""
