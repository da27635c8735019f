"""How much one document may bring, and how much may come of it."""

LARGEST_DOCUMENT_BYTES = 5_000_000
# Three bulletins of the longest kind; a form can still carry it, so that its author can cut it.
LONGEST_TEXT_CHARACTERS = 100_000
# XML of one part, unpacked: the text of 100,000 characters with Word's marks around every word.
LARGEST_PART_BYTES = 60_000_000
LARGEST_ARCHIVE_ENTRIES = 4_000
