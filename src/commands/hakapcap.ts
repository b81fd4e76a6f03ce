import { productVersion } from '../system/version.ts';
import type { Command } from './command-line/command.ts';
import { BufferedOutput } from './hakapcap/buffered-output.ts';
import { hakapcapOptions, readHakapcapOptions } from './hakapcap/options.ts';

export default {
  parameters:
    '[-d] [--pass-through] [--innermost] [--acks WHICH] [--modules DIR] [-o OUT.pcap] CAPTURE RULES.lua',
  help: 'Run a file of packet rules over recorded traffic',
  about: [
    'CAPTURE is a pcap or pcapng file, also of gzip, or - for standard input. With --check there is none:',
    '  levee hakapcap --check [options] RULES.lua',
  ],
  options: hakapcapOptions,
  examples: ['levee hakapcap -o passed.pcap monday.pcap rules.lua', 'levee hakapcap --check rules.lua'],
  async run({ words, caller }) {
    const options = readHakapcapOptions(words);
    if (options.isVersionAsked) {
      caller.output(`hakapcap of Levee ${productVersion}\n`);
      return 0;
    }
    // Ctrl-C in a pipe ends the process that writes the capture, and so the capture. A second one ends this process.
    if (options.capture === '-') caller.onInterrupt(() => undefined);
    const { CaptureRun } = await import('./hakapcap/capture-run.ts');
    const output = new BufferedOutput(caller);
    try {
      return await new CaptureRun(options, caller.input, output).run();
    } finally {
      output.flush();
    }
  },
} satisfies Command;
