"""Which tests each process of `make test` gets, and in what order: so that none is left working when the others end."""

from xdist.scheduler import LoadFileScheduling

# Their tests share a copy of the product that takes long to make; else a process gets a file.
TOGETHER = ("tests/season/",)
# By processor time. The last ones are short: whoever is done first takes one more of them.
LONGEST_FIRST = (
    "tests/season/",
    "tests/browser/test_pages.py",
    "tests/tools/test_sync.py",
    "tests/faults/test_every_fault.py",
    "tests/api/test_fuzz.py",
    "tests/tools/test_deploy.py",
    "tests/browser/test_new_releases.py",
    "tests/tools/test_builds.py",
    "tests/faults/",
    "tests/browser/",
    "tests/tools/",
    "tests/store/",
    "tests/api/",
    "tests/unit/",
)


def unit_of(test: str) -> str:
    """What one process gets as a whole, of which the test is a part; a test by its id."""
    return next((folder for folder in TOGETHER if test.startswith(folder)), test.partition("::")[0])


def turn_of(test: str) -> int:
    """The lowest are first."""
    return next((turn for turn, name in enumerate(LONGEST_FIRST) if test.startswith(name)), len(LONGEST_FIRST))


class LongestFirst(LoadFileScheduling):
    """Hands the units out in the order in which the tests were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)
