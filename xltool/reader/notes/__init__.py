"""What is noticed while a file is read, a function a rule; `NOTED` says which function notices which code."""
