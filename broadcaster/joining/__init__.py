"""Two communes that merge: the other station's places, people, sounds and ledger become ours."""
