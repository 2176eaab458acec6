"""What is asked for our own sake: silent only if it ever answered."""

from linkwatch.judge.echo import EchoJudge
from linkwatch.model.uplink import Echo


def test_what_never_answers_tells_nothing() -> None:
    judge = EchoJudge()
    for second in range(10):
        judge.missed(float(second))
    assert judge.echo is Echo.UNTOLD


def test_three_misses_in_a_row_are_silence_and_an_answer_ends_it() -> None:
    judge = EchoJudge()
    judge.answered(0.0)
    heard = []
    for sent_at in (1.0, 1.0, 2.0, 3.0):  # overdue, then lost: the first is one probe
        judge.missed(sent_at)
        heard.append(judge.echo)
    judge.answered(2.5)
    assert [*heard, judge.echo] == [Echo.ANSWERS] * 3 + [Echo.SILENT, Echo.ANSWERS]
    assert judge.answered_at == 2.5
