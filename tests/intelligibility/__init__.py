"""How well our speech is understood: a round trip through an offline recogniser."""
