"""Background jobs: a detached runner a device, a child a job, and nothing lost when one dies.

    submit ─► row in `jobs` ─► runner (one a device, own session) ─► child (one a job, own session)
                                   claims, watches, reconciles          works, writes its own ending

Who lives is told by locks that the kernel drops with their holder:

- `jobs/runner-<device>.lock`: the runner; with its row in `runners` it has the place.
- `jobs/device-<device>.lock`: the child on a device; a runner claims only while it is free.
- `jobs/<id>/lock`: the child that works on this job.

A runner takes the two locks of a child before it starts it and hands them down, so there is no
moment when a child lives without its lock. A child outlives its runner; the next runner finds the
device's lock held, waits, obeys stop requests, and reconciles when it comes free.
"""
