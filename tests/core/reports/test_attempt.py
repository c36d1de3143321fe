import pytest

from streams.core.reports.attempt import Failure, attempt


def _raising(error: BaseException) -> object:
    raise error


def test_what_succeeds_is_returned() -> None:
    assert attempt(lambda: 3) == 3


def test_a_value_error_is_its_message_and_others_carry_their_class() -> None:
    assert attempt(lambda: _raising(ValueError("too few"))) == Failure("too few")
    assert attempt(lambda: _raising(KeyError("x"))) == Failure("KeyError: 'x'")


@pytest.mark.parametrize("error", [MemoryError(), KeyboardInterrupt()])
def test_memory_and_interrupts_are_not_caught(error: BaseException) -> None:
    with pytest.raises(type(error)):
        attempt(lambda: _raising(error))
