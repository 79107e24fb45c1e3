"""Speed: what reading, judging, writing and starting cost, as ratios measured in one run."""
