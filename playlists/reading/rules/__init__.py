"""One module for each class of written things; `playlists.reading.grammar` puts them in order."""
