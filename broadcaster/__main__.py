"""`python -m broadcaster` is the command `loa`."""

from broadcaster.cli import main

main()
