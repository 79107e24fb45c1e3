"""The second round: this review against the last one."""
