"""Programs that write committed files: templates, samples, the user guide and its pictures, generated documentation."""
