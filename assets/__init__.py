"""What Attune brings along: the starter model, sample data, pictures."""
