"""Where people live and hear: the station, its clusters and villages, and the residents in them."""
