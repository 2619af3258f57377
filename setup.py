"""The part of the build that pyproject.toml cannot tell: passes over large files in compiled code.

Where there is no compiler the installation goes on without them, and numpy does the same in more
time. In a checkout: `python setup.py build_ext --inplace`.
"""

from setuptools import Extension, setup

COMPILED = "jobs/data/compiled"
NAMES = ("version", "keys", "sift", "texts")

setup(
    ext_modules=[
        Extension(
            "jobs.data.compiled.passes",
            [f"{COMPILED}/{name}.c" for name in NAMES],
            extra_compile_args=["-O3"],
            optional=True,
        )
    ]
)
