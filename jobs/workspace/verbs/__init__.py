"""What a workspace can do, a file for each noun that people act on."""
