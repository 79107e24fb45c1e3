"""Rules of the indicator table of 附件2 and 附件3."""
