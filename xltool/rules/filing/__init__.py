"""Rules across the forms of one filing, and across departments."""
