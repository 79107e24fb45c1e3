"""What people type into a cell: numbers, units, dates, targets."""
