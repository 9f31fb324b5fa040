"""What start.py does: the environment, the workshop, the tests, the wheelhouse.

Nothing is installed yet when this package runs, so it imports the standard library only, and nothing else of the kit.
"""
