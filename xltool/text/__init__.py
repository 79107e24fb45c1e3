"""Figures and sentences in Chinese prose."""
