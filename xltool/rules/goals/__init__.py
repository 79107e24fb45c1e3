"""Rules of 预期目标 and 实际完成情况: the long texts of 附件2 and 附件3."""
