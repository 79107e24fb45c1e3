"""Pages of docs/ that follow from the program: rules and fields with the modules that declare and test them."""
