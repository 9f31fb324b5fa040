"""Maps that need no network: one HTML file with legend, description and table, and a still picture for documents."""

from kit.maps.parcels import parcel_map, save
from kit.maps.picture import Picture, parcel_picture

__all__ = ["Picture", "parcel_map", "parcel_picture", "save"]
