"""The commune's own words: how they are read, who said so, and the commands that read aloud."""
