"""What we say by T.38, as Wireshark reads it."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path
from typing import Final

import pytest

from plugins.fax.tests.terminal.charts import charts, save
from plugins.fax.tests.terminal.lines import by_packets, hang_up, receives, sends, talk

pytestmark = [pytest.mark.slow, pytest.mark.peer]
PORT: Final = 4000
_FILE: Final = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 228)  # raw IPv4


def captured(datagrams: list[bytes]) -> bytes:
    """As a capture file, 10 ms apart."""
    records = []
    for number, payload in enumerate(datagrams):
        udp = struct.pack("!HHHH", PORT, PORT, 8 + len(payload), 0) + payload
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), number & 0xFFFF, 0, 64, 17, 0, b"\1" * 4, b"\2" * 4)
        packet = head + udp
        records.append(struct.pack("<IIII", number // 100, number % 100 * 10000, len(packet), len(packet)) + packet)
    return _FILE + b"".join(records)


def test_wireshark_reads_every_packet(tmp_path: Path) -> None:
    sent: list[bytes] = []

    def carry(datagram: bytes) -> list[bytes]:
        sent.append(datagram)
        return [datagram]

    document = save(tmp_path / "sent.tif", charts(1))
    one, other = by_packets(sends(document)), by_packets(receives(tmp_path / "got.tif"))
    talk(one, other, carry, carry)
    hang_up(one, other)
    (tmp_path / "fax.pcap").write_bytes(captured(sent))
    fields = ["-e", "t38.seq_number", "-e", "t38.primary_ifp_packet_element", "-e", "_ws.malformed"]
    command = ["tshark", "-r", str(tmp_path / "fax.pcap"), "-d", f"udp.port=={PORT},t38", "-T", "fields", *fields]
    read = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    lines = [line.split("\t") for line in read.stdout.splitlines()]
    assert len(lines) == len(sent) > 100
    assert all(number and packet for number, packet, _ in lines)
    assert [line for line in lines if line[2]] == []
