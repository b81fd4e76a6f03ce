import type { DestinationTest } from '../../system/log-access.ts';
import { oneLine } from '../../text/harmless.ts';
import { messageOf } from '../../text/reason.ts';
import type { NumberedRecord } from '../records/record.ts';
import type { Sender } from './destination-kind.ts';

/** Milliseconds for a destination to take a record. */
const patience = 10_000;

/** Sends one record, and says what came of it. The sender is closed then. */
export async function testDestination(
  sender: Sender<unknown>,
  record: NumberedRecord,
  signal: AbortSignal,
): Promise<DestinationTest> {
  const { name: destination, way } = sender;
  const outcome = (isSent: boolean, answer: string): DestinationTest => ({
    destination,
    way,
    isSent,
    answer: oneLine(answer),
  });
  const item = sender.itemOf(record);
  if (item === undefined) return outcome(false, `it takes no records of level ${record.level}`);
  const timeout = AbortSignal.timeout(patience);
  try {
    await sender.send([item], AbortSignal.any([signal, timeout]));
    return outcome(true, await sender.answer());
  } catch (error) {
    return outcome(false, timeout.aborted ? `no answer in ${patience / 1000} s` : messageOf(error));
  } finally {
    sender.close();
  }
}
