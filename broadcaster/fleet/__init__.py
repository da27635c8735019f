"""The devices the station knows: whose word they carry, which villages they reach."""
