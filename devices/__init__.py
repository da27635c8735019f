"""Who plays it: the wire contract, the controller, the simulated fleet, the test broker."""
