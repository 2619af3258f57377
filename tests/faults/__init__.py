"""Jobs that cannot be lost: real processes, something broken at a random moment, then a look.

Each file of `kinds/` is one fault: a `FAULT` with what it needs and what it does in a `World`, a
home of its own with a real server, runner and child. The child's work is real training of a
two-layer model, or a light loop over the same store, queue, runner and checkpoints. After the
fault the world must be true and the queue go on, and the run, resumed where it has to be, must
have the curve and the weights of one that nothing happened to.

    python -m tests.faults --real 100 --light 400 --seed 1
"""
