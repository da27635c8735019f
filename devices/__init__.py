"""Who plays it: the wire contract, the controller at the pole, the simulated fleet, the test broker."""
