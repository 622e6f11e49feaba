"""The benchmark suite: trieroute beside other routers, and beside a floor.

- ``workloads``: the rule tables and requests, as data or from seeded generators.
- ``peers``: one class for each router, which translates a table and reads the router's answers.
- ``floor``: what a router that already knows the answer would cost (``floor.pyx``).
- ``rows``: what a row of the results is: contestants, targets, and how one of them is timed.
- ``bench_*``: the suites. Each holds its rows, which run in two ways:
- ``runner``, ``results``, ``report``, ``chart``: ``python -m benchmarks``, in interleaved rounds.
- ``pedantic``: ``pytest benchmarks``, by the timer of pytest-benchmark.

``docs/performance.md`` says what is measured and how to run it.
"""
