"""Reading: files that came back, into flat records that never lose an address.

Names are imported from the modules that own them: who takes records up again imports nothing of what reads them.
"""
