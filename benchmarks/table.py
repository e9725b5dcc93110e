"""Prints the results of repeated benchmarks as Markdown tables: python3 table.py RESULT.json...

Of each benchmark the median of the repetitions, how far they spread ((slowest - fastest) / median), and how many
times as long the naive contender took in the same run. A program whose results hold an error ends this with 1.
"""
import json
import os
import statistics
import sys


def read(path):
    """Name of the benchmark -> its repetitions; None when one of them failed."""
    with open(path, encoding="utf-8") as file:
        rows = json.load(file)["benchmarks"]
    runs = {}
    for row in rows:
        if row.get("error_occurred"):
            return None
        if row["run_type"] == "iteration":
            runs.setdefault(row["name"].removesuffix("/real_time"), []).append(row)
    return runs


def nanoseconds(run):
    return run["time/event"] * 1e9


def size(events):
    return "%g M" % (events / 1e6) if events >= 1e6 else "%g k" % (events / 1e3)


def main(paths):
    failed = False
    for path in paths:
        runs = read(path)
        print("\n### %s\n" % os.path.splitext(os.path.basename(path))[0])
        if runs is None:
            print("an answer was wrong: see the output of the program")
            failed = True
            continue
        print("| question | events | ns/event | spread | bytes/event | naive ns/event | naive takes |")
        print("|---|---:|---:|---:|---:|---:|---:|")
        for name, repetitions in runs.items():
            question, contender, events = name.rsplit("/", 2)
            if contender == "naive":
                continue
            times = [nanoseconds(run) for run in repetitions]
            median = statistics.median(times)
            cells = [question, size(int(events)), "%.1f" % median,
                     "%.0f %%" % (100 * (max(times) - min(times)) / median)]
            held = repetitions[0].get("bytes/event")
            cells.append("%.1f" % held if held else "")
            naive = runs.get("%s/naive/%s" % (question, events))
            if naive:
                slow = statistics.median(nanoseconds(run) for run in naive)
                cells += ["%.0f" % slow, "%.1fx" % (slow / median)]
            else:
                cells += ["", ""]
            print("| %s |" % " | ".join(cells))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
