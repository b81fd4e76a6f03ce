import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns';
import { endProcess } from '../../src/daemon/process-end.ts';

// Where the only name server is this one, which says nothing.
const nameServer = createSocket('udp4');
nameServer.bind(53, '127.0.0.1', () => lookup('members.example.com', () => undefined));
nameServer.once('message', () => endProcess(7));
