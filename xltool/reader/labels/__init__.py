"""Forms of any layout but the issued template, by their labels."""
