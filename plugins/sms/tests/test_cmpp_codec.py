"""CMPP on the wire: the octets the specification says, and nothing that arrives can hurt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sms.cmpp import login, pdu, report
from plugins.sms.cmpp.fields import BadPdu
from plugins.sms.cmpp.pdu import Version

VERSIONS = pytest.mark.parametrize("version", list(Version))
ID = bytes(range(1, 9))


def test_a_login_is_the_octets_of_the_specification() -> None:
    """CMPP 2.0 §7.4.1.1, put together here by hand: MD5 of 901234 + nine zeros + 1234 + 0226112233."""
    proof = bytes.fromhex("7de1fcba0fd5d50ba2ce9bb77a2ff2bb")
    assert login.authenticator("901234", "1234", 226112233) == _md5(b"901234" + bytes(9) + b"1234" + b"0226112233")
    octets = pdu.encode(pdu.Connect("901234", proof, Version.V2_0, 226112233), 17, Version.V2_0)
    assert octets.hex() == "000000270000000100000011393031323334" + proof.hex() + "200d7a32e9"


@VERSIONS
def test_a_text_has_the_length_the_specification_counts(version: Version) -> None:
    """2.0 §7.4.3.1: 126 octets, 21 a number, the text; 3.0 §8.4.3.1: 151, 32 a number, the text."""
    text = "您好".encode("utf-16-be")
    octets = pdu.encode(pdu.Submit("10690001", "13800138000", text, 8, sp="901234"), 1, version)
    assert len(octets) == 12 + {Version.V2_0: 126 + 21, Version.V3_0: 151 + 32}[version] + len(text)


@VERSIONS
@given(data=st.data())
def test_what_is_written_is_read_again(version: Version, data: st.DataObject) -> None:
    digits = st.text("0123456789", max_size=20)
    told = data.draw(
        st.builds(
            pdu.Deliver,
            message_id=st.binary(min_size=8, max_size=8),
            destination=digits,
            source=digits,
            content=st.binary(max_size=255),
            format=st.sampled_from([0, 3, 4, 8, 15]),
            udhi=st.integers(0, 1),
            link=st.just(bytes(20 if version is Version.V3_0 else 8)),
        )
    )
    sequence = data.draw(st.integers(0, 2**32 - 1))
    assert pdu.decode(pdu.encode(told, sequence, version), version) == (sequence, told)


@VERSIONS
@given(st.binary(max_size=300))
def test_whatever_arrives_is_a_pdu_or_none(version: Version, octets: bytes) -> None:
    framed = (len(octets) + 4).to_bytes(4, "big") + octets
    for each in (octets, framed):
        try:
            pdu.decode(each, version)
        except BadPdu:
            continue


@VERSIONS
@given(octets=st.binary(max_size=200), command=st.sampled_from([kind.command for kind in pdu.LAYOUTS]))
def test_nor_can_the_body_of_a_pdu_that_exists(version: Version, octets: bytes, command: int) -> None:
    framed = (12 + len(octets)).to_bytes(4, "big") + command.to_bytes(4, "big") + bytes(4) + octets
    try:
        pdu.decode(framed, version)
        report.report_of(octets, version)
    except BadPdu:
        return


@VERSIONS
def test_a_report_survives_and_a_short_one_is_understood(version: Version) -> None:
    told = report.Report(ID, "DELIVRD", "2611221304", "2611221305", "8613800138000", 7)
    assert report.report_of(report.report_content(told, version), version) == told
    assert report.report_of(report.report_content(told, Version.V2_0), version) == told


def test_what_has_no_room_is_refused() -> None:
    with pytest.raises(BadPdu, match="source"):
        pdu.encode(pdu.Submit("1" * 22, "2", b"", 0), 1, Version.V2_0)
    with pytest.raises(BadPdu, match="content"):
        pdu.encode(pdu.Submit("1", "2", bytes(256), 0), 1, Version.V2_0)


def _md5(octets: bytes) -> bytes:
    from hashlib import md5

    return md5(octets).digest()
