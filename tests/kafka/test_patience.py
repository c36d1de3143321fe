"""Asking again: what is waited out, what is raised, and when a client is given up."""

import threading

import pytest
from confluent_kafka import KafkaError, KafkaException

from streams.kafka.errors import UnreachableError
from streams.kafka.patience import ReachState, patiently

ALL_DOWN = KafkaError(KafkaError._ALL_BROKERS_DOWN)
AWAY = KafkaException(KafkaError(KafkaError._TRANSPORT))


class Cluster:
    """Answers, or fails as often as it is told."""

    def __init__(self, *failures: KafkaException) -> None:
        self.failures = list(failures)
        self.asked = 0

    def __call__(self) -> str:
        self.asked += 1
        if self.failures:
            raise self.failures.pop(0)
        return "answer"


def never() -> object:
    raise AWAY


def test_what_is_away_for_a_moment_is_asked_again() -> None:
    cluster = Cluster(AWAY, KafkaException(KafkaError(KafkaError._TIMED_OUT)))

    assert patiently(cluster, ReachState(Cluster())) == "answer"
    assert cluster.asked == 3


def test_a_fatal_error_is_raised_at_once() -> None:
    fatal = KafkaException(KafkaError(KafkaError._FATAL, "fatal", True))

    with pytest.raises(KafkaException, match="fatal"):
        patiently(Cluster(fatal), ReachState(Cluster()))


def test_a_halt_ends_the_patience() -> None:
    halt = threading.Event()
    halt.set()
    cluster = Cluster(AWAY, AWAY)

    with pytest.raises(KafkaException):
        patiently(cluster, ReachState(Cluster()), halt)
    assert cluster.asked == 1


def test_a_client_that_reaches_nobody_is_given_up() -> None:
    with pytest.raises(UnreachableError):
        patiently(never, ReachState(never, patience_s=0))


def test_nobody_is_probed_without_a_doubt() -> None:
    probe = Cluster()
    reach = ReachState(probe)
    reach.check()
    reach.heard(KafkaError(KafkaError._TRANSPORT))
    reach.check()

    assert (probe.asked, reach.doubted) == (0, False)


def test_all_brokers_down_is_a_doubt_that_an_answer_ends() -> None:
    probe = Cluster()
    reach = ReachState(probe)
    reach.heard(ALL_DOWN)
    assert reach.doubted
    reach.check()
    reach.check()

    assert (probe.asked, reach.doubted) == (1, False)


def test_silence_is_a_doubt() -> None:
    probe = Cluster()
    ReachState(probe, patience_s=0).check()

    assert probe.asked == 1


def test_a_doubt_lasts_while_nothing_is_reached_and_is_not_asked_in_every_turn() -> None:
    probe = Cluster(AWAY, AWAY)
    reach = ReachState(probe)
    reach.doubt()
    reach.check()
    reach.check()

    assert (probe.asked, reach.doubted) == (1, True)
