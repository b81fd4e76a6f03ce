import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Opens a file to read. Rejects where there is none, or something else: to open a pipe without a writer would wait for ever. */
export async function openRegularFile(name: string): Promise<FileHandle> {
  const file = await open(name, constants.O_RDONLY | constants.O_NONBLOCK);
  const stat = await file.stat();
  if (stat.isFile()) return file;
  await file.close();
  throw new Error(stat.isDirectory() ? 'a directory' : 'no regular file');
}
