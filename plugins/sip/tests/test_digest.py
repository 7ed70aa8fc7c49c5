"""RFC 7616 and RFC 8760: vectors, both sides, replay and age."""

from __future__ import annotations

import pytest

from plugins.sip.wire.digest import Secret, Verdicts, credentials, parameters, response

SECRET = Secret.of("ann", "hub", "correct horse")


def test_the_vectors_of_rfc_7616() -> None:
    given = {
        "uri": "/dir/index.html", "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "nc": "00000001",
        "cnonce": "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "qop": "auth",
    }  # fmt: skip
    secret = Secret.of("Mufasa", "http-auth@example.org", "Circle of Life")
    md5 = response(given, "GET", "MD5", secret.hashes["MD5"])
    sha = response(given, "GET", "SHA-256", secret.hashes["SHA-256"])
    assert md5 == "8ca523f5e9506fed4657c9700eebdbec"
    assert sha == "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"


@pytest.mark.parametrize("algorithm", ["SHA-256", "MD5"])
def test_our_client_satisfies_our_server_in_both_algorithms(algorithm: str) -> None:
    server = Verdicts("hub", b"key")
    offered = [value for value in server.challenges(1000) if f"algorithm={algorithm}" in value]
    given = parameters(credentials(offered, "REGISTER", "sip:hub", "ann", "correct horse"))
    assert given["algorithm"] == algorithm
    assert server.judge(given, "REGISTER", SECRET, 1001) == ""
    assert server.judge(given, "REGISTER", SECRET, 1002) == "stale", "the same again is a replay"
    assert server.judge(given, "INVITE", SECRET, 1002) == "wrong"


def test_the_strongest_algorithm_offered_is_used() -> None:
    value = credentials(reversed(Verdicts("hub", b"key").challenges(0)), "INVITE", "sip:a", "ann", "x")
    assert parameters(value)["algorithm"] == "SHA-256"


def test_a_wrong_password_an_unknown_user_and_a_strange_nonce_are_wrong() -> None:
    server = Verdicts("hub", b"key")
    good = credentials(server.challenges(0), "REGISTER", "sip:hub", "ann", "correct horse")
    strange = credentials(Verdicts("hub", b"other").challenges(0), "REGISTER", "sip:hub", "ann", "correct horse")
    assert server.judge(parameters(good), "REGISTER", Secret.of("ann", "hub", "wrong"), 1) == "wrong"
    assert server.judge(parameters(good), "REGISTER", None, 1) == "wrong"
    assert server.judge(parameters(strange), "REGISTER", SECRET, 1) == "wrong"


def test_an_old_nonce_is_stale_and_its_challenge_says_so() -> None:
    server = Verdicts("hub", b"key")
    good = credentials(server.challenges(0), "REGISTER", "sip:hub", "ann", "correct horse")
    assert server.judge(parameters(good), "REGISTER", SECRET, 400) == "stale"
    assert all("stale=true" in value for value in server.challenges(400, stale=True))


@pytest.mark.parametrize("value", ["", "Basic x", "Digest", 'Digest realm="half', "Digest =", "NoOne foo=bar"])
def test_what_is_no_digest_has_no_parameters_or_is_wrong(value: str) -> None:
    assert Verdicts("hub", b"key").judge(parameters(value), "REGISTER", SECRET, 0) == "wrong"
