"""The exchange with a province's source-information system: what goes up, what comes down."""
