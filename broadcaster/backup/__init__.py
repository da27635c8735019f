"""All of a station in one sealed file, and a station made of it again."""
