import { windowShift } from '../../net/tcp-options.ts';
import { Flag, type Tcp } from '../headers/tcp.ts';
import type { Followed } from './connection-store.ts';
import { type Evidence, isWhole, wholeEvidence } from './evidence.ts';
import type { Half } from './half.ts';
import { distance } from './sequence.ts';

/** What a segment has done to its connection. */
export type Step = 'nothing' | 'established' | 'reset' | 'fin' | 'replaced';

/**
 * Follows a connection by one of its segments. What the capture has missed is made up for where the rest
 * proves it; a SYN that nobody answers, an acknowledgement of nothing and a reset out of the window
 * change nothing.
 *
 * @param acknowledgement that of the segment, in the numbers of what was captured
 */
export function followSegment(
  connection: Followed,
  tcp: Tcp,
  isFromClient: boolean,
  evidence: Evidence = wholeEvidence,
  acknowledgement: number = tcp.acknowledgement,
): Step {
  const sender = isFromClient ? connection.client : connection.server;
  const receiver = isFromClient ? connection.server : connection.client;
  const { flags } = tcp;
  if ((flags & Flag.rst) !== 0) {
    // Its number may be one of data that were not captured.
    return sender.isKnown && !isWhole(evidence) ? 'reset' : followReset(tcp, sender, receiver);
  }
  if ((flags & Flag.syn) !== 0 && !followSyn(connection, tcp, sender, isFromClient)) {
    return isAnswerToRival(connection, tcp, isFromClient) ? 'replaced' : 'nothing';
  }
  if ((flags & Flag.ack) !== 0) followAcknowledgement(connection, tcp, acknowledgement, sender, receiver);
  if (sender.isKnown) followSequence(connection, tcp, sender);
  if (!isWhole(evidence)) infer(connection, tcp, isFromClient, evidence);
  return nextState(connection);
}

/** Makes up for what the capture does not show, where what it shows would not be there without. */
function infer(
  { state, client, server }: Followed,
  tcp: Tcp,
  isFromClient: boolean,
  evidence: Evidence,
): void {
  const { isControl, side } = evidence;
  const isSyn = tcp.has(Flag.syn);
  if (state === 'opening') {
    if (side === 'clients') {
      const ahead = distance(client.initial + 1, tcp.sequence);
      if (isFromClient && !isSyn && tcp.has(Flag.ack) && (isControl ? ahead >= 0 : ahead === 0)) {
        client.isSynAcknowledged = true;
        server.adopt(tcp.acknowledgement);
      }
    } else if (!isFromClient && client.isSynAcknowledged && server.isKnown) {
      // A server sends nothing but its answer before the client has acknowledged that.
      if (isSyn ? isControl : side === 'servers') server.isSynAcknowledged = true;
    }
  }
  if (side !== 'both' && tcp.has(Flag.fin)) (isFromClient ? server : client).hasFin = true;
}

function followReset(tcp: Tcp, sender: Half, receiver: Half): Step {
  if (sender.isKnown) return sender.mayReset(tcp.sequence, receiver.window) ? 'reset' : 'nothing';
  // A refusal: its own number means nothing, it has to acknowledge the SYN.
  const answered = tcp.has(Flag.ack) ? distance(receiver.initial, tcp.acknowledgement) : 0;
  return answered >= 1 && distance(receiver.next, tcp.acknowledgement) <= 0 ? 'reset' : 'nothing';
}

/** False when the SYN does not belong to this connection. */
function followSyn(connection: Followed, tcp: Tcp, sender: Half, isFromClient: boolean): boolean {
  const isAnotherTry = isFromClient && !connection.server.isKnown;
  if (!sender.isKnown || (isAnotherTry && !hasBegunAt(sender, tcp.sequence))) {
    sender.begin(tcp.sequence);
    sender.shift = windowShift(tcp.options);
    return true;
  }
  if (hasBegunAt(sender, tcp.sequence)) return true;
  if (isFromClient && !tcp.has(Flag.ack)) connection.rivalSyn = tcp.sequence;
  if (!isFromClient && isAnswer(connection, tcp)) connection.rivalAnswer = tcp.sequence;
  return false;
}

/** To the SYN of a client that has acknowledged none yet. */
function isAnswer({ state, client }: Followed, tcp: Tcp): boolean {
  return state === 'opening' && tcp.has(Flag.ack) && distance(client.initial + 1, tcp.acknowledgement) === 0;
}

function hasBegunAt({ initial }: Half, sequence: number): boolean {
  return distance(initial, sequence) === 0;
}

function isAnswerToRival(connection: Followed, tcp: Tcp, isFromClient: boolean): boolean {
  return (
    !isFromClient &&
    connection.rivalSyn !== undefined &&
    tcp.has(Flag.ack) &&
    tcp.acknowledgement === (connection.rivalSyn + 1) >>> 0
  );
}

function followAcknowledgement(
  connection: Followed,
  tcp: Tcp,
  acknowledgement: number,
  sender: Half,
  receiver: Half,
): void {
  const isOpen = connection.state !== 'opening';
  const { rivalAnswer } = connection;
  if (!isOpen && sender === connection.client && rivalAnswer !== undefined) {
    if (distance(rivalAnswer + 1, acknowledgement) === 0) receiver.begin(rivalAnswer);
  }
  receiver.acknowledge(acknowledgement, isOpen);
  // The server's SYN was not captured, but it has taken the client's.
  if (!sender.isKnown && receiver.isSynAcknowledged && !tcp.has(Flag.syn)) {
    sender.begin(tcp.sequence - 1);
  }
}

function followSequence(connection: Followed, tcp: Tcp, sender: Half): void {
  const end = (tcp.sequence + tcp.sequenceLength) | 0;
  sender.window = tcp.has(Flag.syn) ? tcp.window : tcp.window << sender.shift;
  const ahead = distance(sender.next, end);
  // Before the handshake is over nobody may send far ahead, and nobody is believed who does.
  if (connection.state === 'opening' && ahead > mostEarly) return;
  sender.extend(end);
  if (tcp.has(Flag.fin) && !sender.hasFin) {
    sender.hasFin = true;
    sender.finEnd = end;
  }
}

/** A client may send what fits the first window along with its SYN and before the answer. */
const mostEarly = 65_536;

function nextState(connection: Followed): Step {
  const { client, server } = connection;
  let step: Step = 'nothing';
  if (connection.state === 'opening') {
    if (!client.isSynAcknowledged || !server.isSynAcknowledged) return 'nothing';
    connection.state = 'established';
    step = 'established';
  }
  if (client.hasFin && server.hasFin) {
    connection.state = 'closing';
    if (client.isFinAcknowledged && server.isFinAcknowledged) return 'fin';
  } else if (client.hasFin || server.hasFin) connection.state = 'half-closed';
  return step;
}
