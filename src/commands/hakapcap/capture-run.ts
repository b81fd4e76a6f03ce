import { statSync } from 'node:fs';
import { binaryString } from '../../lua/values/binary-string.ts';
import { PacketRules } from '../../packet-rules/packet-rules.ts';
import { RuleError, RulesStopped } from '../../packet-rules/rules/errors.ts';
import { beginsCapture, CaptureReader } from '../../packets/capture/capture-reader.ts';
import { CaptureFile, isMixedCapture, readCapture } from '../../packets/capture/files.ts';
import type { CaptureRecord } from '../../packets/capture/record.ts';
import type { Packet } from '../../packets/packet.ts';
import { counted } from '../../text/plural.ts';
import { reasonOf } from '../../text/reason.ts';
import type { Input } from '../io/caller.ts';
import { replacedBy } from '../io/replaced-file.ts';
import { isFileOf, isSameFile } from '../io/same-file.ts';
import type { BufferedOutput } from './buffered-output.ts';
import type { HakapcapOptions } from './options.ts';

/** Modules of the original that a script may look for in the log. */
const modules = ['packet/pcap', 'alert/stdout'];

/** The run can't begin or go on: exit status 1, with this message in the log. */
class Stopped extends Error {}

function failed(what: 'read' | 'write', path: string, error: unknown): Stopped {
  return new Stopped(binaryString(`can't ${what} '${path}': ${reasonOf(error)}`));
}

/** One run of a file of rules over one capture. */
export class CaptureRun {
  readonly #options: HakapcapOptions;
  readonly #input: Input;
  readonly #output: BufferedOutput;
  readonly #rules: PacketRules;
  readonly #reader = new CaptureReader();
  #file: CaptureFile | undefined;
  #writing: Promise<void> | undefined;
  #problem: string | undefined;

  constructor(options: HakapcapOptions, input: Input, output: BufferedOutput) {
    const { isPassThrough, isInnermost, isDebug, acknowledgements, modules, limits } = options;
    this.#options = options;
    this.#input = input;
    this.#output = output;
    this.#rules = new PacketRules({
      isPassThrough,
      wanted: isInnermost ? 'innermost' : 'outermost tcp',
      acknowledgements,
      modules,
      level: isDebug ? 'debug' : 'info',
      write: (stream, text) => output.add(stream === 'error', text),
      accept: (packet) => this.#accept(packet),
      limits,
    });
  }

  /** Resolves to the exit status. */
  async run(): Promise<number> {
    const { log } = this.#rules;
    for (const module of modules) log.log('info', 'core', `load module '${module}'`);
    try {
      await this.#run();
    } catch (error) {
      if (!(error instanceof Stopped || error instanceof RulesStopped)) throw error;
      log.log('fatal', 'core', error.message);
      return 1;
    } finally {
      for (const module of modules) log.log('info', 'core', `unload module '${module}'`);
    }
    return this.#problem === undefined ? 0 : 1;
  }

  async #run(): Promise<void> {
    const { capture, output, isCheck } = this.#options;
    this.#load();
    if (isCheck) {
      const count = this.#rules.check();
      if (count > 0) throw new Stopped(`the rules load, and use ${counted(count, 'thing')} that nothing has`);
      this.#rules.log.log('info', 'core', 'the rules load');
      return;
    }
    try {
      await this.#process(output);
    } finally {
      await this.#close();
    }
    const { problem } = this.#reader;
    if (problem !== undefined)
      this.#report(`${binaryString(capture)}: ${problem.message} (byte ${problem.offset})`);
  }

  async #process(output: string | undefined): Promise<void> {
    const groups = this.#groups();
    // The file is made when the resolution of times is known; for a capture that can't be read none is made.
    let group = await this.#next(groups);
    if (group === undefined && this.#reader.problem !== undefined) throw this.#unreadable();
    if (output !== undefined) this.#file = await this.#create(output);
    this.#rules.log.log('info', 'core', 'starting single threaded processing\n');
    for (; group !== undefined; group = await this.#next(groups)) await this.#take(group);
    this.#rules.end();
    await this.#written();
  }

  /** The output must be neither the capture nor the rules: it is emptied while they are still being read. */
  #checkOutput(output: string): void {
    const { capture } = this.#options;
    const isCapture = capture === '-' ? isFileOf(this.#input.stat(), output) : isSameFile(output, capture);
    if (isCapture) throw new Stopped(binaryString(`the output '${output}' would replace the capture`));
    if (this.#rules.files.some((file) => isSameFile(output, file))) {
      throw new Stopped(binaryString(`the output '${output}' would replace the rules`));
    }
    const replaced = replacedBy(output, 4);
    if (replaced !== undefined && !beginsCapture(replaced)) {
      throw new Stopped(binaryString(`the output '${output}' would replace a file that is no capture`));
    }
  }

  #load(): void {
    const { capture, rules, isPassThrough, isCheck } = this.#options;
    const { log } = this.#rules;
    if (isPassThrough) log.log('info', 'core', 'setting packet mode to pass-through\n');
    log.log('info', 'core', `loading rule file '${binaryString(rules)}'`);
    log.log('info', 'core', 'initializing thread 0');
    if (!isCheck) log.log('info', 'pcap', `openning file '${binaryString(capture)}'`);
    this.#checkOrder(rules);
    try {
      this.#rules.load(rules);
    } catch (error) {
      if (error instanceof RulesStopped) throw error;
      throw error instanceof RuleError ? new Stopped(error.message) : failed('read', rules, error);
    }
  }

  /** A later Haka takes the rules first. */
  #checkOrder(rules: string): void {
    const beginning = replacedBy(rules, 4);
    const isZipped = beginning?.[0] === 0x1f && beginning[1] === 0x8b;
    if (beginning === undefined || !(isZipped || beginsCapture(beginning))) return;
    const hint = 'the capture comes first, then the rules';
    throw new Stopped(binaryString(`'${rules}' is a capture, not a file of rules: ${hint}`));
  }

  #groups(): AsyncGenerator<CaptureRecord[]> {
    const { capture } = this.#options;
    return readCapture(capture === '-' ? this.#input.chunks() : capture, this.#reader);
  }

  async #next(groups: AsyncGenerator<CaptureRecord[]>): Promise<CaptureRecord[] | undefined> {
    try {
      const { value, done } = await groups.next();
      return done === true ? undefined : value;
    } catch (error) {
      throw failed('read', this.#options.capture, error);
    }
  }

  async #create(path: string): Promise<CaptureFile> {
    this.#checkOutput(path);
    try {
      return CaptureFile.create(path, this.#reader.nanosecond, await this.#isMixed());
    } catch (error) {
      throw failed('write', path, error);
    }
  }

  /** What can be read twice is looked through first: the format of the output depends on all of it. */
  async #isMixed(): Promise<boolean> {
    const { capture } = this.#options;
    if (this.#reader.linkTypes.length > 1) return true;
    const isFile = capture !== '-' && statSync(capture, { throwIfNoEntry: false })?.isFile() === true;
    return isFile && isMixedCapture(capture);
  }

  async #take(group: readonly CaptureRecord[]): Promise<void> {
    for (const record of group) {
      this.#rules.take(record);
      if (this.#writing !== undefined) await this.#written();
      if (this.#output.isFull) this.#output.flush();
    }
    // Somebody who follows a live capture sees each packet at once, not when a buffer is full.
    this.#writing = this.#file?.flush();
    await this.#written();
    this.#output.flush();
  }

  async #written(): Promise<void> {
    try {
      await this.#writing;
    } catch (error) {
      throw this.#unwritten(error);
    } finally {
      this.#writing = undefined;
    }
  }

  async #close(): Promise<void> {
    try {
      await this.#file?.close();
    } catch (error) {
      throw this.#unwritten(error);
    }
  }

  #unwritten(error: unknown): Stopped {
    return failed('write', this.#options.output ?? '', error);
  }

  #accept(packet: Packet): void {
    const written = this.#file?.write(packet);
    if (written === undefined) return;
    if (written instanceof Promise) this.#writing = written;
    else if (this.#problem === undefined) this.#report(written.message);
  }

  #report(problem: string): void {
    this.#problem = problem;
    this.#rules.log.log('error', 'pcap', problem);
  }

  #unreadable(): Stopped {
    return new Stopped(`${binaryString(this.#options.capture)}: ${this.#reader.problem?.message}`);
  }
}
