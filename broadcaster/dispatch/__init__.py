"""How orders leave the station: approved, signed, versioned, kept in an outbox until published."""
