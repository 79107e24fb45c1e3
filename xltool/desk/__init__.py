"""The desk: pages in the browser for a whole round, served on this computer only, for officers who use no command line.

`server` listens, `access` decides who may ask, `workspace` is the folder of the year, `jobs` runs what takes long, and
`pages` has a module for each screen. All work is done by the public functions that the commands use.
"""
