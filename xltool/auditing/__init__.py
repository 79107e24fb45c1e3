"""The audit: records × rules → findings.

Names are imported from the modules that own them: who says on what terms to audit imports nothing that does.
"""
