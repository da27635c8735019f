"""The calendar: what plays when, drawn by day, week and month, and moved by hand."""
