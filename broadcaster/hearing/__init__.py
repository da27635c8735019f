"""What people in a village say that they heard: beside the devices' word, never instead of it."""
