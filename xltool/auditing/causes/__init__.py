"""One cause, one finding: findings that one corrected cell settles are folded into one of them."""
