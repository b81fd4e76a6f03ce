import { constants } from 'node:fs';
import { open, stat, writeFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { ReplayOrder, ReplayReport } from '../../cli/replay-order.ts';
import { CaptureReplay, type Replayed } from '../../replay/capture-replay.ts';
import { decodePlan } from '../../replay/plan.ts';
import { reasonOf } from '../line/reason.ts';
import { isSameFile } from '../line/same-file.ts';
import { type PeakPlot, peaksSvg } from './peaks-svg.ts';
import { replayData } from './report-data.ts';
import { replayLines } from './report-lines.ts';

/** Bytes that are judged before anything else of this process has its turn. */
const CHUNK_BYTES = 256 * 1024;

/**
 * Carries an order out in this process. Rejects with what is wrong with the capture or the plot.
 *
 * @param input what `-` stands for; undefined where standard input is not to be had
 */
export async function replayCapture(
  order: ReplayOrder,
  input: Readable | undefined,
  signal: AbortSignal,
): Promise<ReplayReport> {
  const { capture, policy, port, plot } = order;
  if (plot !== null && capture !== '-' && isSameFile(plot, capture)) {
    throw new Error('the plot would replace the capture');
  }
  const replay = new CaptureReplay(
    decodePlan(order.plan),
    order.candidate === null ? undefined : decodePlan(order.candidate),
    { ...(policy === null ? {} : { policy }), ...(port === null ? {} : { port }) },
  );
  for await (const chunk of await readCapture(capture, input, signal)) {
    if (!replay.add(chunk)) break;
  }
  const replayed = replay.finish();
  if (plot !== null) await writePlot(plot, replayed, signal);
  return { lines: [...replayLines(replayed, order.advise)], data: replayData(replayed, order.advise) };
}

async function writePlot(name: string, replayed: Replayed, signal: AbortSignal): Promise<void> {
  try {
    await writeFile(name, peaksSvg(plotsOf(replayed)), { mode: 0o600, signal });
  } catch (error) {
    throw new Error(`can't write '${name}': ${reasonOf(error)}`, { cause: error });
  }
}

async function readCapture(
  name: string,
  input: Readable | undefined,
  signal: AbortSignal,
): Promise<AsyncIterable<Buffer>> {
  if (name === '-') {
    if (input === undefined) throw new Error('standard input is read by "levee replay -" alone');
    return input;
  }
  if ((await stat(name)).isDirectory()) throw new Error('a directory');
  // Opening a pipe that nobody writes to would wait for ever.
  const file = await open(name, constants.O_RDONLY | constants.O_NONBLOCK);
  if (!(await file.stat()).isFile()) {
    await file.close();
    throw new Error('no regular file');
  }
  return file.createReadStream({ highWaterMark: CHUNK_BYTES, signal });
}

function plotsOf({ policies }: Replayed): PeakPlot[] {
  return policies.map(({ policy, rule, peaks }) => ({ policy, threshold: rule?.threshold ?? null, peaks }));
}
