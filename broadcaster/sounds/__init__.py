"""Where this installation keeps its sound: in a folder, or in an S3-compatible store."""
