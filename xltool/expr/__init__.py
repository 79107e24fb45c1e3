"""The expression language: its nodes, and its faces in Excel, in frames and in words."""
