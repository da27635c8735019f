"""Speaking live: who may and to whom, the microphone's sound on its way, and what remains of it."""
