"""What the project is measured by, divided by what is measured; nothing here runs in the product.

speed   what reading, judging, writing and starting cost, as ratios within one run: `python -m benchmarks.speed`
        (`.speed.rules`: each rule; `.speed.sizing`: the sizing table of the guide)
trust   whether planted defects are found at their cell, and honest filings get no error and no warning:
        `python -m benchmarks.trust.mutations` (`.trust.honesty`: other seeds; `.trust.public_files`: any folder)
fuzz    whether damaged files and hostile values break reading or judging: `python -m benchmarks.fuzz`, and
        `python -m benchmarks.fuzz.campaign` for tens of thousands of inputs
desk    a whole year at the desk of a county, played twice with troubles: `python -m benchmarks.desk OUT`
corpus  the filings that the four measure with, made from seeds

The tests run each of them on very little and judge no time.
"""
