"""Reports: a period of the station told with its figures, sent as they are."""
