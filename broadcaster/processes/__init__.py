"""The processes that make up a running station, and the one that starts and watches them."""
