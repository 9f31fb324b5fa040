"""JupyterLab as participants meet it: its defaults per language, and only the server extensions that a lesson needs."""
