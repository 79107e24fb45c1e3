"""What the tests lean on: other office programs, validators, a second calculation engine."""
