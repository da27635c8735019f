"""One module for each class of written things; `playlists.reading.scanner` puts them in order."""
