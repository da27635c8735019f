"""How a public programme is received: over HTTPS from allowed hosts only, and turned to samples."""
