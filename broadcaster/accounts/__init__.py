"""Who may do what: people's accounts, their roles, their sessions."""
