"""`python -m devices.protocol.contract`: write the published contract anew, or check it."""

import argparse
import sys

from devices.protocol.contract.published import outdated_files, published_files, write_files


def main(arguments: list[str] | None = None) -> int:
    """Write the files; with `--check` only say which are outdated, and return 1 if any is."""
    parser = argparse.ArgumentParser(
        prog="python -m devices.protocol.contract", description=__doc__
    )
    parser.add_argument("--check", action="store_true", help="write nothing; 1 when outdated")
    chosen = parser.parse_args(arguments)
    files = published_files()
    outdated = outdated_files(files)
    if not chosen.check:
        write_files(files)
    for path in outdated:
        sys.stdout.write(f"{'outdated' if chosen.check else 'written'}: {path}\n")
    return 1 if chosen.check and outdated else 0


if __name__ == "__main__":
    sys.exit(main())
