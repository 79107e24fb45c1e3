"""Records as the frames and views that rules are asked of, and as the tables of the contract."""
