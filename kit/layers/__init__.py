"""Geographic layers as officials send them: read, judged, and brought home when somebody says so.

`read_layer` reads a file and reports; `reproject_odd` applies what a finding proposes; `in_metres` gives geometry
whose areas are square metres.
"""

from kit.layers.crs import Odd, Verdict, in_metres, judge, reproject_odd, utm_of
from kit.layers.inspection import as_rows, name_of
from kit.layers.reading import LayerRead, describe_columns, layer_of_table, read_layer

__all__ = [
    "LayerRead",
    "Odd",
    "Verdict",
    "as_rows",
    "describe_columns",
    "in_metres",
    "judge",
    "layer_of_table",
    "name_of",
    "read_layer",
    "reproject_odd",
    "utm_of",
]
