"""Did it help: completions of many variants over one base, metrics, statistics, the verdict."""
