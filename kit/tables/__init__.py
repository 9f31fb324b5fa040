"""Read official tables as they come: any encoding, separator, spreadsheet or shape, and say what it took.

`read_table` returns a `TableRead`; `parse_numbers` and `parse_dates` read columns of text as officials write them.
"""

from kit.tables.reading import TableRead, read_table
from kit.tables.values import parse_dates, parse_numbers

__all__ = ["TableRead", "parse_dates", "parse_numbers", "read_table"]
