"""What residents say to the station: without a name, by a poster or through a village head."""
