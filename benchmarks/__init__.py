"""What is measured once and committed: results as raw JSON, each with the command that made it."""
