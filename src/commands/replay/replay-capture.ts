import { streamNamed } from '../../files/named-text.ts';
import { unzipped } from '../../packets/capture/unzipped.ts';
import { CaptureReplay, type Replayed } from '../../replay/capture/capture-replay.ts';
import { decodePlan } from '../../replay/plan.ts';
import type { ReplayOrder, ReplayReport } from '../../system/replay-order.ts';
import type { Input } from '../io/caller.ts';
import { isFileOf, isSameFile } from '../io/same-file.ts';
import { type PeakPlot, peaksSvg } from './peaks-svg.ts';
import { PlotFile, type ProtectedFile } from './plot-file.ts';
import { replayData } from './report-data.ts';
import { replayLines } from './report-lines.ts';

/** Bytes that are judged before the event loop has its turn. */
const chunkBytes = 256 * 1024;

/**
 * Carries an order out in this process. Rejects with what is wrong with the capture or the plot.
 *
 * @param input what `-` stands for; undefined where standard input is not to be had
 */
export async function replayCapture(
  order: ReplayOrder,
  input: Input | undefined,
  signal: AbortSignal,
): Promise<ReplayReport> {
  const { capture, policy, port, wanted } = order;
  const plot = order.plot === null ? null : PlotFile.check(order.plot, protectedFilesOf(order, input));
  const replay = new CaptureReplay(
    decodePlan(order.plan),
    order.candidate === null ? undefined : decodePlan(order.candidate),
    { wanted, ...(policy === null ? {} : { policy }), ...(port === null ? {} : { port }) },
  );
  const chunks = unzipped(readCapture(capture, input, signal), (reason) => replay.fail(reason));
  for await (const chunk of chunks) {
    if (!replay.add(chunk)) break;
  }
  const replayed = replay.finish();
  if (plot !== null && !signal.aborted) plot.write(peaksSvg(plotsOf(replayed)));
  return { lines: [...replayLines(replayed, order.advise)], data: replayData(replayed, order.advise) };
}

function protectedFilesOf(
  { capture, candidateFile }: ReplayOrder,
  input: Input | undefined,
): ProtectedFile[] {
  const isCapture = (path: string): boolean =>
    capture === '-' ? isFileOf(input?.stat(), path) : isSameFile(path, capture);
  const isCandidate = (path: string): boolean => candidateFile !== null && isSameFile(path, candidateFile);
  return [
    { isAt: isCapture, description: 'capture' },
    { isAt: isCandidate, description: 'candidate' },
  ];
}

function readCapture(name: string, input: Input | undefined, signal: AbortSignal): AsyncIterable<Uint8Array> {
  if (name === '-') {
    if (input === undefined) throw new Error('standard input is read by "levee replay -" alone');
    return input.chunks();
  }
  return streamNamed(name, 'read', { highWaterMark: chunkBytes, signal });
}

function plotsOf({ policies }: Replayed): PeakPlot[] {
  return policies.map(({ policy, rule, peaks }) => ({ policy, threshold: rule?.threshold ?? null, peaks }));
}
