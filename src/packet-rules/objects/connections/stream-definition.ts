import { BareLuaError } from '../../../lua/host/errors.ts';
import type { HostObjects } from '../../../lua/values/host-objects.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import type { ObjectDefinition } from '../../../lua/values/userdata-type.ts';
import type { Packet } from '../../../packets/packet.ts';
import { Mark, type StreamProblem } from '../../../packets/streams/cursor.ts';
import type { TcpStream } from '../../../packets/streams/tcp-stream.ts';
import { wrap } from '../number-field.ts';
import { TcpPacket } from '../packets/tcp-packet.ts';
import { type BufferType, bytesAt } from '../values/buffer.ts';
import type { StreamMarks } from './stream-marks.ts';
import { streamProblems } from './stream-problems.ts';

function checked<T>(result: T | StreamProblem): T {
  if (isProblem(result)) throw new BareLuaError(streamProblems[result]);
  return result;
}

function isProblem(value: unknown): value is StreamProblem {
  return typeof value === 'string' && value in streamProblems;
}

function countAt(stack: LuaStack, index: number): number | undefined {
  return stack.isAbsent(index) ? undefined : Math.max(0, stack.number(index));
}

/** The type tcp_stream. `packetOf` gives the object for a packet that is popped. */
export function streamDefinition(
  objects: HostObjects,
  buffers: BufferType,
  marks: StreamMarks,
  packetOf: (packet: Packet) => TcpPacket | undefined,
): ObjectDefinition<TcpStream> {
  return {
    name: 'tcp_stream',
    fields: {
      lastseq: { get: (stack, { lastSequence }) => stack.pushNumber(lastSequence) },
    },
    methods: {
      init: (stack, self) => {
        self.init(wrap(stack.number(2), 32));
        return 0;
      },
      push: (stack, self) => {
        const { packet, header } = objects.at(stack, 2, TcpPacket);
        stack.pushBoolean(self.push(packet, header) !== 'refused');
        return 1;
      },
      pop: (stack, self) => {
        const packet = self.pop();
        objects.pushOrNil(stack, packet && packetOf(packet));
        return 1;
      },
      seq: (stack, self) => {
        self.seq(objects.at(stack, 2, TcpPacket).header);
        return 0;
      },
      ack: (stack, self) => {
        const { header, packet } = objects.at(stack, 2, TcpPacket);
        self.ack(header, packet.time);
        return 0;
      },
      available: (stack, { available }) => {
        stack.pushNumber(available);
        return 1;
      },
      read: (stack, self) => {
        const bytes = self.read(countAt(stack, 2));
        if (bytes === undefined) stack.pushNil();
        else {
          stack.meter.chargeBytes(bytes.length);
          buffers.push(stack, bytes);
        }
        return 1;
      },
      getchar: (stack, self) => {
        const [byte = -1] = self.read(1) ?? [];
        stack.pushNumber(byte);
        return 1;
      },
      advance: (stack, self) => {
        stack.pushNumber(self.advance(stack.number(2)));
        return 1;
      },
      insert: (stack, self) => {
        const bytes = bytesAt(stack, 2, buffers);
        checked(self.insert(bytes));
        stack.pushNumber(bytes.length);
        return 1;
      },
      erase: (stack, self) => {
        stack.pushNumber(checked(self.erase(stack.number(2))));
        return 1;
      },
      mark: (stack, self) => {
        const mark = checked(self.mark(stack.boolean(2)));
        marks.add(self, mark);
        objects.push(stack, mark);
        return 1;
      },
      unmark: (stack, self) => {
        const mark = objects.at(stack, 2, Mark);
        checked(self.unmark(mark));
        marks.release(self, mark);
        return 0;
      },
      seek: (stack, self) => {
        const mark = objects.at(stack, 2, Mark);
        const isReleased = stack.boolean(3);
        checked(self.seek(mark, isReleased));
        if (isReleased) marks.release(self, mark);
        return 0;
      },
    },
  };
}

export const markDefinition: ObjectDefinition<Mark> = { name: 'tcp_stream_mark' };
