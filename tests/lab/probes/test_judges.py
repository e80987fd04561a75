"""A server that HAProxy and curl take is taken; one that is refused is told why."""

import answers
import judges
import mutations
import pytest
from prober import http, outcomes

pytestmark = pytest.mark.whole_machine

# What neither of them takes, and why evenkeel does.
MORE_LENIENT = {
    "length: unknown coding": "RFC 9112 section 6.3, rule 4: to the end of the connection; the text is in it",
    "chunks: gzip, chunked": "the text is in it, whatever the coding is said to be",
    "chunks: beside a bad length": "RFC 9112 section 6.3, rule 3: beside Transfer-Encoding the length does not count",
    "chunks: size too small": "the text is found, and the verdict known, before the mistake",
}


class Judged:
    """What evenkeel and the judges made of an answer."""

    def __init__(self, answer, ours, theirs):
        self.answer, self.ours = answer, ours
        self.is_accepted = ours.reason == "passed"
        self.acceptances = [judges.is_accepted(word) for word in theirs]
        self.line = f"{answer.name}: {ours.reason} ({ours.detail}); HAProxy {theirs[0]}, curl {theirs[1]}"


@pytest.fixture
def judge(servers, scratch):
    def call(corpus):
        ports = [servers.serve(answer.octets, answer.holds) for answer in corpus]
        ours = outcomes([http(port, body=answer.wants, timeout=3000) for answer, port in zip(corpus, ports)])
        theirs = zip(judges.haproxy(corpus, ports, scratch), judges.curl(corpus, ports))
        judged = [Judged(*each) for each in zip(corpus, ours, theirs)]
        print(f"{len(corpus)} answers: {sum(one.is_accepted for one in judged)} accepted here, "
              f"{sum(one.acceptances[0] for one in judged)} by HAProxy, {sum(one.acceptances[1] for one in judged)} by curl")
        return judged

    return call


def refused(judged):
    return [f"refused: {one.line} {one.answer.octets[:400]}" for one in judged if all(one.acceptances) and not one.is_accepted]


def without_a_word(judged):
    return [f"no word why: {one.line}" for one in judged if not one.is_accepted and not one.ours.detail]


def test_whatever_all_judges_accept_is_accepted(judge):
    corpus = answers.ANSWERS
    assert len(corpus) >= 100 and len({answer.name for answer in corpus}) == len(corpus)
    judged = judge(corpus)
    for one in judged:
        print(one.line)
    lenient = [f"accepted: {one.line}" for one in judged
               if one.is_accepted and not any(one.acceptances) and one.answer.name not in MORE_LENIENT]
    wrong = refused(judged) + without_a_word(judged) + lenient
    assert not wrong, "\n".join(wrong)


def test_whatever_they_accept_of_answers_changed_at_random(judge, request):
    seeds = range(10) if request.config.getoption("--full") else [1]
    for seed in seeds:
        judged = judge(mutations.mutated(answers.ANSWERS, 1000 if len(seeds) > 1 else 300, seed))
        wrong = refused(judged) + without_a_word(judged)
        assert not wrong, "\n".join(wrong)
