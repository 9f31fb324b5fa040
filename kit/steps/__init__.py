"""What a participant does, in order: one module per step, each a model, its rules and what it leaves."""
