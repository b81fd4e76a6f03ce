import { Owner } from '../../src/daemon/owner.ts';
import { openStateDirectory } from '../../src/daemon/state-directory.ts';

/** The owner of a state directory, in this process and without an enforcer; others come in through its socket. */
export async function ownerHere(path: string): Promise<Owner> {
  const owner = await Owner.open(openStateDirectory(path, {}), 'the test');
  if (!(owner instanceof Owner)) throw new Error(`${path} is in use by ${owner.description}`);
  await owner.serve();
  return owner;
}
