"""Forms: what a participant fills in inside a notebook, saved to the portfolio as it is typed."""
