"""The part of the build that pyproject.toml cannot tell: passes over large files in compiled code.

Where there is no compiler the installation goes on without them, and numpy does the same in more
time. In a checkout: `python setup.py build_ext --inplace`.
"""

from setuptools import Extension, setup

COMPILED = "jobs/data/compiled"
NAMES = ("version", "keys", "sift", "texts", "echo")

setup(
    ext_modules=[
        Extension(
            "jobs.data.compiled.passes",
            [f"{COMPILED}/{name}.c" for name in NAMES],
            depends=[f"{COMPILED}/utf8.h"],
            extra_compile_args=["-O3"],
            optional=True,
        )
    ]
)
