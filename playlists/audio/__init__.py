"""Sound itself: samples, files, levels, mastering, recordings, and the store that keeps them."""
