import { productVersion } from '../system/version.ts';
import { codeOf, reasonOf } from '../text/reason.ts';
import type { Command } from './command-line/command.ts';
import { BufferedOutput } from './hakapcap/buffered-output.ts';
import { CaptureRun } from './hakapcap/capture-run.ts';
import { hakapcapUsage, readHakapcapOptions } from './hakapcap/options.ts';
import { report } from './io/report.ts';

export default {
  parameters: '[-d] [--pass-through] [-o OUT.pcap] CAPTURE RULES.lua',
  help: 'Run a file of packet rules over recorded traffic',
  usage: hakapcapUsage,
  async run({ words }) {
    const options = readHakapcapOptions(words);
    if (options.isVersionAsked) {
      process.stdout.write(`hakapcap of Levee ${productVersion}\n`);
      return 0;
    }
    // A reader that has gone ends this process, as it ends any filter.
    process.stdout.on('error', (error) => {
      const isGone = codeOf(error) === 'EPIPE';
      if (!isGone) report(`levee: can't write to standard output: ${reasonOf(error)}`);
      process.exit(1);
    });
    // Ctrl-C in a pipe ends the process that writes the capture, and so the capture. A second one ends this process.
    if (options.capture === '-') process.once('SIGINT', () => undefined);
    const output = new BufferedOutput();
    try {
      return await new CaptureRun(options, output).run();
    } finally {
      await output.flush();
    }
  },
} satisfies Command;
