"""Files to read: how they are listed, named and hashed, and archives among them."""
