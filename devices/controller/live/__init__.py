"""How live speech is heard: its frames verified and put in order, decoded, and played at once."""
