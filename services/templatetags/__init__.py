"""Template filters of the directory."""
