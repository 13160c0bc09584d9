import { chmodSync } from 'node:fs'
import { createClient, type Client } from '@libsql/client'

/** A copy of a database as it is at one moment, made while it is written to. */
export interface CollectionsCopy {
  /** Fixes the moment: without waiting, so that other stores can be fixed at the same one. Once. */
  pin(): void
  /** Writes the copy; writers go on meanwhile. Answers how many rows it has. */
  write(): Promise<number>
  /** Lets go of everything; to be called in any case. */
  close(): void
}

const CHUNK = 2_000

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
const named = (text: string): string => `"${text.replaceAll('"', '""')}"`

interface Table {
  readonly name: string
  readonly sql: string
}

/**
 * Prepares to copy a database into a file that does not exist yet. Its connection comes from the same library as those of the
 * repositories: another library's locks on the same file would be unknown to them.
 */
export async function prepareCopy(url: string, file: string): Promise<CollectionsCopy> {
  const client: Client = createClient({ url, intMode: 'bigint' })
  try {
    await client.execute('PRAGMA busy_timeout = 5000')
    await client.execute(`ATTACH ${quoted(file)} AS copy`)
    chmodSync(file, 0o600)
    // Until it is whole nobody needs it, and a half one is thrown away.
    await client.execute('PRAGMA copy.journal_mode = OFF')
    await client.execute('PRAGMA copy.synchronous = OFF')
  } catch (error) {
    client.close()
    throw error
  }
  let pinned: Promise<unknown> = Promise.reject(new Error('the copy has no moment yet'))
  pinned.catch(() => undefined)
  return {
    pin() {
      // Both run before this returns: the driver is synchronous inside.
      const begun = client.execute('BEGIN')
      pinned = Promise.all([begun, client.execute('SELECT count(*) FROM main.sqlite_master')])
      pinned.catch(() => undefined)
    },
    async write() {
      await pinned
      return copyAll(client)
    },
    close: () => client.close(),
  }
}

async function copyAll(client: Client): Promise<number> {
  const { rows } = await client.execute(`SELECT type, name, sql FROM main.sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'`)
  const of = (type: string): Table[] => rows.filter((row) => row['type'] === type).map((row) => ({ name: row['name'] as string, sql: row['sql'] as string }))
  let copied = 0
  for (const { name, sql } of of('table')) {
    await client.execute(sql.replace(/^CREATE TABLE\s+/i, 'CREATE TABLE copy.'))
    copied += await copyTable(client, name)
  }
  // Afterwards: a trigger would make search keys that have been copied already.
  for (const { sql } of of('index')) await client.execute(sql.replace(/^CREATE (UNIQUE )?INDEX\s+/i, (_all, unique: string | undefined) => `CREATE ${unique ?? ''}INDEX copy.`))
  for (const { sql } of of('trigger')) await client.execute(sql.replace(/^CREATE TRIGGER\s+/i, 'CREATE TRIGGER copy.'))
  await client.execute('COMMIT')
  return copied
}

async function copyTable(client: Client, name: string): Promise<number> {
  let copied = 0
  for (let after = -(2n ** 62n); ;) {
    const page = `SELECT rowid FROM main.${named(name)} WHERE rowid > ${after} ORDER BY rowid LIMIT ${CHUNK}`
    const { rows: [end] } = await client.execute(`SELECT max(rowid) AS last, count(*) AS n FROM (${page})`)
    const count = Number(end?.['n'] ?? 0)
    if (count === 0) return copied
    const last = end?.['last'] as bigint
    await client.execute(`INSERT INTO copy.${named(name)} SELECT * FROM main.${named(name)} WHERE rowid > ${after} AND rowid <= ${last} ORDER BY rowid`)
    copied += count
    after = last
    // The driver keeps the thread while it works: others have their turn between two pages.
    await new Promise((resolve) => { setImmediate(resolve) })
  }
}
