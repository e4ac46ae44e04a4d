"""Benchmarks: each measures our code beside a reference, in the same run, in alternating rounds.

`measuring` is what they share and is pure; `material` makes the events. Then one module for each
benchmark: `appending`, `relaying`, `replaying`, `calling`, `following`, `peers`. docs/benchmarks.md
tells what is compared and why. Nothing here is needed to run the system.
"""
