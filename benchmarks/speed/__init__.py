"""Speed: the cost of reading, judging, writing and starting, as ratios measured in one run."""
