/** A server that greets and echoes, in a process of its own. Prints its port. */
import { echo, Member } from '../network/member.ts';

const member = new Member(echo);
await member.listen('127.0.0.1');
process.stdout.write(`${member.port}\n`);
