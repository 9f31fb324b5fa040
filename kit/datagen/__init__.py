"""The teaching city and its dirt: a seeded generator of Valle Abierto, and of the defects real files have.

Examples:
    >>> from kit.datagen import make_city
    >>> sorted(make_city(parcels=500).layers())
    ['blocks', 'colonias', 'municipality', 'parcels', 'parks', 'plaza', 'river', 'streets']
"""

from kit.datagen.city import City, make_city

__all__ = ["City", "make_city"]
