"""A server that HAProxy and curl take is taken; one that is refused is told why."""

import answers
import judges
from prober import http, outcomes

# What neither of them takes, and why evenkeel does.
MORE_LENIENT = {
    "length: unknown coding": "RFC 9112 section 6.3, rule 4: to the end of the connection; the text is in it",
    "chunks: gzip, chunked": "the text is in it, whatever the coding is said to be",
    "chunks: beside a bad length": "RFC 9112 section 6.3, rule 3: beside Transfer-Encoding the length does not count",
    "chunks: size too small": "the text is found, and the verdict known, before the mistake",
}


def test_whatever_all_judges_accept_is_accepted(servers, scratch):
    corpus = answers.ANSWERS
    assert len(corpus) >= 100 and len({answer.name for answer in corpus}) == len(corpus)
    ports = [servers.serve(answer.octets, answer.holds) for answer in corpus]
    ours = outcomes([http(port, body=answer.wants, timeout=3000) for answer, port in zip(corpus, ports)])
    theirs = list(zip(judges.haproxy(corpus, ports, scratch), judges.curl(corpus, ports)))
    wrong = []
    for answer, outcome, words in zip(corpus, ours, theirs):
        passed = outcome.reason == "passed"
        accepted = [judges.is_accepted(word) for word in words]
        line = f"{answer.name}: {outcome.reason} ({outcome.detail}); HAProxy {words[0]}, curl {words[1]}"
        print(line)
        if all(accepted) and not passed:
            wrong.append(f"refused: {line}")
        if not any(accepted) and passed and answer.name not in MORE_LENIENT:
            wrong.append(f"accepted: {line}")
        if not passed and not outcome.detail:
            wrong.append(f"no word why: {line}")
    print(f"{len(corpus)} answers: {sum(o.reason == 'passed' for o in ours)} accepted here, "
          f"{sum(judges.is_accepted(w[0]) for w in theirs)} by HAProxy, {sum(judges.is_accepted(w[1]) for w in theirs)} by curl")
    assert not wrong, "\n".join(wrong)
