import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { put } from './tree.ts';

type Locked = {
  readonly bin?: Readonly<Record<string, string>>;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
};

/** Of what the registry has, a small package that needs others stands for all. */
const kept = 'enquirer';

/**
 * Makes a clone need a few kilobytes instead of 300 MB: in place of the runtime a package that starts the one that runs
 * this, as an archive in the tree; of the rest one that needs others. It is committed, as whoever cloned it has it.
 */
export async function takeFewerPackages(tree: string, env: NodeJS.ProcessEnv): Promise<void> {
  const [manifestFile, lockFile] = [join(tree, 'package.json'), join(tree, 'package-lock.json')];
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
  const lock = JSON.parse(readFileSync(lockFile, 'utf8'));
  const packages: Record<string, Locked> = lock.packages;
  const [location, runtime] = runtimeIn(packages);
  const name = location.slice('node_modules/'.length);
  const archive = await pack(tree, { name, ...runtime });

  const dependencies = { [kept]: manifest.dependencies[kept] };
  const optionalDependencies = { [name]: `file:${archive.name}` };
  const { devDependencies, ...rest } = manifest;
  writeFileSync(manifestFile, JSON.stringify({ ...rest, dependencies, optionalDependencies }));
  const { devDependencies: _, ...top } = lock.packages[''];
  const few = {
    '': { ...top, dependencies, optionalDependencies },
    [location]: { ...runtime, resolved: `file:${archive.name}`, integrity: archive.integrity },
    ...Object.fromEntries(withNeeds(packages, kept).map((each) => [each, packages[each]])),
  };
  writeFileSync(lockFile, JSON.stringify({ ...lock, packages: few }));
  const author = ['-c', 'user.name=test', '-c', 'user.email=test@localhost'];
  await promisify(execFile)('git', [...author, 'commit', '-q', '-a', '-m', 'fewer packages'], {
    cwd: tree,
    env,
  });
}

/** The runtime that fits this machine, and where it goes. */
function runtimeIn(packages: Readonly<Record<string, Locked>>): readonly [string, Locked] {
  const found = Object.entries(packages).find(
    ([, { bin, os, cpu }]) =>
      bin?.['node'] !== undefined &&
      os?.includes(process.platform) === true &&
      cpu?.includes(process.arch) === true,
  );
  assert.ok(found);
  return found;
}

/** The locations of a package and of all that it needs. */
function withNeeds(packages: Readonly<Record<string, Locked>>, name: string): readonly string[] {
  const location = `node_modules/${name}`;
  const entry = packages[location];
  assert.ok(entry);
  return [location, ...Object.keys(entry.dependencies ?? {}).flatMap((each) => withNeeds(packages, each))];
}

async function pack(
  tree: string,
  manifest: Readonly<Record<string, unknown>>,
): Promise<{ readonly name: string; readonly integrity: string }> {
  const folder = join(tree, 'runtime', 'package');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  put(join(folder, 'bin', 'node'), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`);
  const name = 'runtime.tgz';
  await promisify(execFile)('tar', ['-czf', join(tree, name), '-C', join(tree, 'runtime'), 'package']);
  const hash = createHash('sha512')
    .update(readFileSync(join(tree, name)))
    .digest('base64');
  return { name, integrity: `sha512-${hash}` };
}
