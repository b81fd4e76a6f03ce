import type { Database } from 'better-sqlite3';

/** Each brings a database from the version of its place to the next. One that has been released never changes. */
const migrations: readonly string[] = [
  `
  CREATE TABLE row (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL,
    parent INTEGER REFERENCES row(id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    position INTEGER NOT NULL,
    predefined INTEGER NOT NULL DEFAULT 0,
    fields TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(fields))
  ) STRICT;
  CREATE UNIQUE INDEX row_key ON row (path, ifnull(parent, 0), key);
  CREATE INDEX row_order ON row (path, ifnull(parent, 0), position);
  CREATE INDEX row_parent ON row (parent) WHERE parent IS NOT NULL;

  CREATE TABLE reference (
    row INTEGER NOT NULL REFERENCES row(id) ON DELETE CASCADE,
    field TEXT NOT NULL,
    target INTEGER NOT NULL REFERENCES row(id) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (row, field)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX reference_target ON reference (target);

  CREATE TABLE revision (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    time INTEGER NOT NULL,
    author TEXT NOT NULL,
    origin TEXT NOT NULL
  ) STRICT;

  CREATE TABLE change (
    revision INTEGER NOT NULL REFERENCES revision(id),
    row INTEGER NOT NULL,
    path TEXT NOT NULL,
    keys TEXT NOT NULL CHECK (json_valid(keys)),
    kind TEXT NOT NULL,
    fields TEXT NOT NULL CHECK (json_valid(fields)),
    PRIMARY KEY (row, revision)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX change_revision ON change (revision);
  `,
  `
  CREATE TABLE block (
    policy INTEGER NOT NULL REFERENCES row(id) ON DELETE CASCADE,
    source TEXT NOT NULL,
    prefix INTEGER NOT NULL,
    reason TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (policy, source, prefix)
  ) STRICT, WITHOUT ROWID;
  `,
  // A field may refer to a list of rows, at positions from 1; one that refers to a single row has it at 0.
  `
  CREATE TABLE listed_reference (
    row INTEGER NOT NULL REFERENCES row(id) ON DELETE CASCADE,
    field TEXT NOT NULL,
    position INTEGER NOT NULL,
    target INTEGER NOT NULL REFERENCES row(id) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (row, field, position)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO listed_reference SELECT row, field, 0, target FROM reference;
  DROP TABLE reference;
  ALTER TABLE listed_reference RENAME TO reference;
  CREATE INDEX reference_target ON reference (target);
  `,
  `
  CREATE TABLE seal (
    revision INTEGER PRIMARY KEY,
    digest BLOB NOT NULL
  ) STRICT;
  CREATE TABLE fitted (
    id INTEGER PRIMARY KEY CHECK (id = 0),
    schemas BLOB NOT NULL
  ) STRICT;
  `,
  // Revisions tell that a secret was changed, and nothing of what it was.
  `
  UPDATE change SET fields = (
    SELECT json_group_object(key, json_array(
      CASE WHEN value ->> 0 GLOB '$scrypt$ln=*' OR value ->> 0 GLOB '$aes256gcm$k=*'
        THEN json('"******"') ELSE json(value -> 0) END,
      CASE WHEN value ->> 1 GLOB '$scrypt$ln=*' OR value ->> 1 GLOB '$aes256gcm$k=*'
        THEN json('"******"') ELSE json(value -> 1) END))
    FROM json_each(change.fields))
  WHERE fields LIKE '%"$scrypt$ln=%' OR fields LIKE '%"$aes256gcm$k=%';
  `,
  // Since when a block is known, and no more than its policy's row id: with a policy that is deleted its blocks need not
  // go in the same transaction, of which there may be as many as sources.
  `
  CREATE TABLE kept_block (
    policy INTEGER NOT NULL,
    source TEXT NOT NULL,
    prefix INTEGER NOT NULL,
    reason TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (policy, source, prefix)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO kept_block SELECT policy, source, prefix, reason, 0, until FROM block;
  DROP TABLE block;
  ALTER TABLE kept_block RENAME TO block;
  CREATE INDEX block_until ON block (until);
  `,
  // The seal is of parts, where it was of rows.
  'DELETE FROM seal;',
  // A revision can be gone back to: what it has changed names rows by what they are, and says where they stood. What was
  // recorded before does not, so history begins with the last revision. Between two rows there is room for another.
  `
  DROP TABLE change;
  DELETE FROM revision WHERE id < (SELECT max(id) FROM revision);
  DELETE FROM seal WHERE revision < (SELECT max(revision) FROM seal);
  ALTER TABLE revision ADD COLUMN comment TEXT NOT NULL DEFAULT '';
  ALTER TABLE revision ADD COLUMN tables TEXT CHECK (tables IS NULL OR json_valid(tables));
  CREATE TABLE change (
    revision INTEGER NOT NULL,
    row INTEGER NOT NULL,
    path TEXT NOT NULL,
    parent INTEGER,
    old_key TEXT,
    new_key TEXT,
    moved INTEGER NOT NULL,
    old_position INTEGER,
    new_position INTEGER,
    fields TEXT NOT NULL CHECK (json_valid(fields)),
    PRIMARY KEY (row, revision)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX change_revision ON change (revision, row);
  UPDATE row SET position = position * 1048576;
  `,
  `
  CREATE TABLE confirmation (
    id INTEGER PRIMARY KEY CHECK (id = 0),
    revision INTEGER NOT NULL,
    administrator INTEGER,
    author TEXT NOT NULL,
    origin TEXT NOT NULL,
    deadline INTEGER NOT NULL
  ) STRICT;
  `,
  'ALTER TABLE confirmation ADD COLUMN guard INTEGER;',
  `
  CREATE TABLE shared_configuration (
    id INTEGER PRIMARY KEY CHECK (id = 0),
    revision INTEGER NOT NULL,
    head TEXT NOT NULL CHECK (json_valid(head)),
    image BLOB NOT NULL
  ) STRICT;
  CREATE TABLE shared_row (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE
  ) STRICT;
  `,
];

/** From this version on a database has seals of the present kind. */
const sealedSince = 7;

/** From this version on a database holds no secret that was replaced. */
const forgetfulSince = 5;

/** From this version on revisions can be gone back to. */
const reversibleSince = 8;

/** `remembersSecrets`: secrets that were replaced are in its revisions, or in what is free of its file. */
type Age = {
  /** It holds nothing yet. */
  readonly isNew: boolean;
  readonly isSealed: boolean;
  readonly isPresent: boolean;
  readonly remembersSecrets: boolean;
  /** Its revisions can't be gone back to: history begins anew. */
  readonly losesHistory: boolean;
};

/** What a database is before it is brought to the present version. Throws if a newer Levee has written it. */
export function ageOf(database: Database): Age {
  const version = versionOf(database);
  return {
    isNew: version === 0,
    isSealed: version >= sealedSince,
    isPresent: version === migrations.length,
    remembersSecrets: version > 0 && version < forgetfulSince,
    losesHistory: version > 0 && version < reversibleSince,
  };
}

/** Brings a database to the present version, all or nothing. */
export function migrate(database: Database): void {
  const version = versionOf(database);
  if (version === migrations.length) return;
  database
    .transaction(() => {
      for (const migration of migrations.slice(version)) database.exec(migration);
      database.pragma(`user_version = ${migrations.length}`);
    })
    .immediate();
}

function versionOf(database: Database): number {
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > migrations.length) {
    throw new Error(
      `the database has version ${version}, and this Levee knows none above ${migrations.length}: run the Levee that wrote it`,
    );
  }
  return version;
}
