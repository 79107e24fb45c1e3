"""What rebuilds committed files: samples, templates, the user guide and its pictures."""
