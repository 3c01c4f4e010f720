import pytest

from chalicelib.waivers import records as waiver_records


@pytest.mark.parametrize(
    ("name", "short"),
    [("Ana Rivera", "Ana R."), ("Ana María del Río", "Ana R."), ("Cher", "Cher"), ("李 雷", "李 雷.")],
)
def test_guests_are_shown_by_first_name_and_initial(name: str, short: str) -> None:
    assert waiver_records.short_name(name) == short
