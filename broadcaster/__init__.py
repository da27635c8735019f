"""Who speaks: areas, bulletins, approval, schedule, dispatch, coverage ledger, accounts, pages."""

__version__ = "0.1.0"
