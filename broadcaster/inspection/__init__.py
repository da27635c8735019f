"""The ledger and its trail as an inspector takes them: verified, exported, looked through."""
