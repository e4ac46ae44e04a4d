"""A made-up year of the whole nation, to measure how all grows: `donthu nation`.

`stories` makes what can happen to a petition, with the clocks that the law calls for, `generating`
writes a year of many wards, `measuring` loads it into a private MongoDB and tells what it costs.
Nothing here is needed to run the system. `units.csv` has the 3,321 communes and wards since
2025-07-01 (as in the data of PyPI vietnamadminunits 1.0.4).
"""
