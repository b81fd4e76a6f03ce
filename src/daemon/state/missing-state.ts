/** What was to be read is no state directory. */
export class MissingState extends Error {
  readonly folder: string;

  constructor(path: string) {
    super(`there is no Levee in ${path}: name with --state the directory that has one`);
    this.folder = path;
  }
}
