"""Where else a station posts what it shares: one adapter for each network, all behind `port`."""
