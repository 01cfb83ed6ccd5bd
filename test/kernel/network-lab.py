#!/usr/bin/env python3
"""A firewall of the Linux kernel with networks around it, for one ruleset at a time.

Reads one request a line from standard input and writes one answer a line to standard output, as JSON.

request  {"backend": "legacy" | "nft", "family": 4 | 6, "restore": text for iptables-restore,
          "interfaces": {name: [address/prefix, ...]}, "routes": [[network, gateway], ...],
          "packets": [[interface in, source, destination, protocol, source port, port], ...]}
answer   {"save": text of iptables-save,
          "arrivals": [null | [where, destination, port], ...]}     where: "self", or the interface out
    or   {"rejected": what iptables-restore says}
    or   {"error": why nothing could be tried}

Every request gets two network namespaces of its own, one for the firewall and one for the far ends of its
links. They have no names: they end with the process, however it ends, and no packet can leave them. The far
ends have no addresses and never answer.

A packet is put on a link as a whole Ethernet frame, so any source may be tried. It has arrived at the
firewall itself when a raw socket there gets it (the kernel hands packets to raw sockets behind the INPUT
hooks), and at a host when it comes out of that host's link. TCP packets are the SYN of a connection.
"""

import ctypes
import json
import os
import select
import socket
import struct
import subprocess
import sys

CLONE_NEWNET = 0x40000000
ETH_P_ALL = 0x0003
ETH_P_IP = {4: 0x0800, 6: 0x86DD}
# The experimental type of IEEE 802, for frames that mark the end of a batch of packets.
ETH_P_BARRIER = 0x88B5
FAMILY = {4: socket.AF_INET, 6: socket.AF_INET6}
PROTOCOLS = {'tcp': socket.IPPROTO_TCP, 'udp': socket.IPPROTO_UDP}
PROGRAM = {4: 'iptables', 6: 'ip6tables'}
NEAR_MAC = '02:00:00:00:00:01'
FAR_MAC = '02:00:00:00:00:02'
# In front of a packet's number, in the sequence number of a SYN and in the data of a datagram.
MAGIC = 0x66770000
# Well below what a CPU queues between the two ends of links (net.core.netdev_max_backlog, 1000).
BATCH = 64
PATIENCE_SECONDS = 20

libc = ctypes.CDLL(None, use_errno=True)


class Rejected(Exception):
    """What iptables-restore says to a ruleset that it does not take."""


class LabError(Exception):
    """Why nothing could be tried."""


def run(command, text=''):
    """Runs a program in the network namespace of the moment."""
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LabError(f'{" ".join(command)}: {done.stderr.strip() or done.returncode}')
    return done.stdout


def set_kernel(name, value):
    with open(f'/proc/sys/net/{name}', 'w', encoding='ascii') as file:
        file.write(str(value))


def mac(text):
    return bytes.fromhex(text.replace(':', ''))


def ethernet(destination, source, frame_type):
    return mac(destination) + mac(source) + struct.pack('!H', frame_type)


def barrier(destination, source, turn=0):
    """A frame that marks the end of a batch; turn 0 belongs to none."""
    return ethernet(destination, source, ETH_P_BARRIER) + struct.pack('!I', turn) + b'\0' * 42


def turn_of(frame):
    return struct.unpack('!I', frame[14:18])[0]


def checksum(data):
    """The Internet checksum (RFC 1071)."""
    padded = data + b'\0' * (len(data) % 2)
    total = sum(struct.unpack(f'!{len(padded) // 2}H', padded))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Lab:
    """One firewall between its links; lives for one request."""

    def __init__(self, family, interfaces, routes):
        self.family = family
        self.sockets = []
        self.namespaces = []
        self.turn = 0
        try:
            self._build(interfaces, routes)
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for each in self.sockets:
            each.close()
        for each in self.namespaces:
            os.close(each)

    def _build(self, interfaces, routes):
        far = self._new_namespace()
        firewall = self._new_namespace()
        set_kernel('ipv4/ip_forward', 1)
        set_kernel('ipv6/conf/all/forwarding', 1)
        for which in ('all', 'default'):
            # Sources from anywhere, and no packets of its own: the rules alone decide.
            set_kernel(f'ipv4/conf/{which}/rp_filter', 0)
            set_kernel(f'ipv6/conf/{which}/accept_dad', 0)
            set_kernel(f'ipv6/conf/{which}/addr_gen_mode', 1)
        run(['ip', '-batch', '-'], self._commands(interfaces, routes, f'/proc/{os.getpid()}/fd/{far}'))
        self.local = {name: self._raw_socket(number) for name, number in PROTOCOLS.items()}
        self.near_ends = {name: self._packet_socket(name, ETH_P_BARRIER) for name in interfaces}
        self._enter(far)
        run(['ip', '-batch', '-'], ''.join(f'link set {name} up\n' for name in interfaces))
        self.far_ends = {name: self._packet_socket(name, ETH_P_ALL) for name in interfaces}
        self._enter(firewall)
        for name in interfaces:
            self._wait_for(self.far_ends[name], NEAR_MAC, FAR_MAC, self.near_ends[name])
            self._wait_for(self.near_ends[name], FAR_MAC, NEAR_MAC, self.far_ends[name])

    def _new_namespace(self):
        if libc.unshare(CLONE_NEWNET) != 0:
            raise LabError(f'no network namespace: {os.strerror(ctypes.get_errno())}')
        self.namespaces.append(os.open('/proc/self/ns/net', os.O_RDONLY | os.O_CLOEXEC))
        return self.namespaces[-1]

    def _enter(self, namespace):
        if libc.setns(namespace, CLONE_NEWNET) != 0:
            raise LabError(f'no way into a network namespace: {os.strerror(ctypes.get_errno())}')

    def _commands(self, interfaces, routes, far):
        lines = ['link set lo up']
        for name, addresses in interfaces.items():
            ends = f'{name} address {NEAR_MAC} type veth peer name {name} address {FAR_MAC} netns {far}'
            # Without ARP nobody has to be asked for a hardware address: every neighbour is there.
            lines += [f'link add {ends}', f'link set {name} arp off up']
            flags = ' nodad' if self.family == 6 else ''
            lines += [f'addr add {address} dev {name}{flags}' for address in addresses]
        lines += [f'route add {network} via {gateway}' for network, gateway in routes]
        return '\n'.join(lines) + '\n'

    def _raw_socket(self, protocol):
        made = self._keep(socket.socket(FAMILY[self.family], socket.SOCK_RAW, protocol))
        if self.family == 6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
        return made

    def _packet_socket(self, interface, frame_type):
        # Protocol 0 gets nothing until bind says which: no frame of another link slips in.
        made = self._keep(socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0))
        made.bind((interface, frame_type))
        return made

    def _keep(self, made):
        self.sockets.append(made)
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        return made

    def load(self, backend, ruleset):
        """Loads a ruleset and returns what the kernel then holds, as iptables-save prints it."""
        program = f'{PROGRAM[self.family]}-{backend}'
        try:
            run([f'{program}-restore', '--wait'] if backend == 'legacy' else [f'{program}-restore'], ruleset)
        except LabError as problem:
            raise Rejected(str(problem)) from problem
        return run([f'{program}-save'])

    def send(self, packets):
        """Sends the packets one after the other and returns where each arrived."""
        arrivals = [None] * len(packets)
        for start in range(0, len(packets), BATCH):
            end = min(start + BATCH, len(packets))
            for number in range(start, end):
                interface, *rest = packets[number]
                self.far_ends[interface].send(self._frame(number, *rest))
            for number, arrival in self._settle():
                if not start <= number < end or arrivals[number] is not None:
                    raise LabError(f'packet {number} arrived twice, or out of turn')
                arrivals[number] = arrival
        return arrivals

    def _wait_for(self, sender, destination, source, receiver):
        """Sends frames over a new link until one arrives: until then the kernel drops what it is given."""
        for _ in range(PATIENCE_SECONDS * 100):
            sender.send(barrier(destination, source))
            ready, _, _ = select.select([receiver], [], [], 0.01)
            if ready:
                return
        raise LabError('a link between two network namespaces does not come up')

    def _settle(self):
        """
        Waits until every packet sent is where it ends, and returns those that arrived. All this runs on one
        CPU, whose queue between links is first in, first out: a frame that is sent behind the packets arrives
        behind them, and one sent on from the firewall then arrives behind what the firewall forwarded.
        """
        found = []
        self.turn += 1
        for name in self.far_ends:
            self.far_ends[name].send(barrier(NEAR_MAC, FAR_MAC, self.turn))
            self._await(self.near_ends[name], lambda data: turn_of(data) == self.turn)
        for name in self.near_ends:
            self.near_ends[name].send(barrier(FAR_MAC, NEAR_MAC, self.turn))
        for name, link in self.far_ends.items():
            self._await(link, lambda data, name=name: self._out(data, name, found))
        for link in self.local.values():
            found += self._in(link)
        return found

    def _await(self, link, ends):
        """Reads what came from the other end of a link until `ends` of a frame is true."""
        while True:
            ready, _, _ = select.select([link], [], [], PATIENCE_SECONDS)
            if not ready:
                raise LabError('the kernel does not pass frames between the ends of a link')
            data, (_, _, kind, *_) = link.recvfrom(65536)
            if kind != socket.PACKET_OUTGOING and ends(data):
                return

    def _out(self, frame, name, found):
        """Notes a probe that left on a link; true for the frame that marks the end."""
        frame_type = struct.unpack('!H', frame[12:14])[0]
        if frame_type == ETH_P_BARRIER:
            return turn_of(frame) == self.turn
        if frame_type == ETH_P_IP[self.family]:
            packet = frame[14:]
            if self.family == 4:
                size, transport, destination = (packet[0] & 15) * 4, packet[9], packet[16:20]
            else:
                size, transport, destination = 40, packet[6], packet[24:40]
            self._note(found, name, transport, destination, packet[size:])
        return False

    def _in(self, link):
        """The probes that the firewall itself got."""
        found = []
        while True:
            try:
                data, more, _, _ = link.recvmsg(65536, 256)
            except BlockingIOError:
                return found
            if self.family == 4:
                self._note(found, 'self', data[9], data[16:20], data[(data[0] & 15) * 4 :])
            else:
                destination = next(value[:16] for _, kind, value in more if kind == socket.IPV6_PKTINFO)
                self._note(found, 'self', link.proto, destination, data)

    def _note(self, found, where, transport, destination, segment):
        if transport == socket.IPPROTO_TCP and len(segment) >= 20 and segment[13] == 2:
            mark = struct.unpack('!I', segment[4:8])[0]
        elif transport == socket.IPPROTO_UDP and len(segment) >= 12:
            mark = struct.unpack('!I', segment[8:12])[0]
        else:
            return
        if mark & 0xFFFF0000 == MAGIC:
            text = socket.inet_ntop(FAMILY[self.family], destination)
            found.append((mark & 0xFFFF, (where, text, struct.unpack('!H', segment[2:4])[0])))

    def _frame(self, number, source, destination, protocol, source_port, port):
        transport = PROTOCOLS[protocol]
        if protocol == 'tcp':
            segment = struct.pack('!HHIIBBHHH', source_port, port, MAGIC + number, 0, 5 << 4, 2, 64240, 0, 0)
        else:
            segment = struct.pack('!HHHHI', source_port, port, 12, 0, MAGIC + number)
        ends = b''.join(socket.inet_pton(FAMILY[self.family], each) for each in (source, destination))
        pseudo = ends + struct.pack('!II', len(segment), transport)
        at = 16 if protocol == 'tcp' else 6
        total = checksum(pseudo + segment) or 0xFFFF
        segment = segment[:at] + struct.pack('!H', total) + segment[at + 2 :]
        if self.family == 4:
            header = struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(segment), number, 0, 64, transport, 0)
            header = header[:10] + struct.pack('!H', checksum(header + ends)) + ends
        else:
            header = struct.pack('!IHBB', 6 << 28, len(segment), transport, 64) + ends
        return ethernet(NEAR_MAC, FAR_MAC, ETH_P_IP[self.family]) + header + segment


def answer(request):
    try:
        with Lab(request['family'], request['interfaces'], request['routes']) as lab:
            save = lab.load(request['backend'], request['restore'])
            return {'save': save, 'arrivals': lab.send(request['packets'])}
    except Rejected as problem:
        return {'rejected': str(problem)}
    except (LabError, OSError) as problem:
        return {'error': str(problem)}


def main():
    # One CPU, not the same for every lab.
    allowed = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {allowed[os.getpid() % len(allowed)]})
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


main()
