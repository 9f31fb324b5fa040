"""Taller Abierto: a workshop kit for officials who open their government's data."""

__version__ = "0.1.0"
