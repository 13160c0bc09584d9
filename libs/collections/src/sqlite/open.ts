import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { PrismaLibSql } from '@prisma/adapter-libsql'
import { CollectionError } from '../errors.ts'
import { PrismaClient } from '../generated/client.ts'
import { openRepository } from '../repository.ts'
import type { Clock, CollectionDefinition, RecordCipher, Repository } from '../types.ts'
import { prepareCopy, type CollectionsCopy } from './copy.ts'
import { migrate } from './migrations.ts'
import { PrismaRowStore } from './row-store.ts'

export interface CollectionsOptions {
  /** The SQLite file of the group; made (0600, its directory 0700) where it is missing. One process writes it. */
  file: string
  cipher: RecordCipher
  clock?: Clock
  /** Another folder of migrations, for tests. */
  migrations?: string
}

/** Events of one collection that wait. */
export interface Waiting {
  readonly collection: string
  readonly records: number
  /** ISO instant of the oldest. */
  readonly since: string
}

/** The collections of one group. */
export interface Collections {
  /** Opens a collection; INVALID_DEFINITION. The same name gives the same repository, so that its writes wait for one another. */
  repository<T extends { id: string }>(definition: CollectionDefinition<T>): Promise<Repository<T>>
  /** The names of the migrations that were applied at this opening. */
  readonly migrated: readonly string[]
  /** Whether the database answers, and with the settings that make a write durable. */
  health(): Promise<{ ok: boolean; detail: string }>
  /** How many records have events that wait to be delivered, by collection, and since when. */
  waiting(): Promise<readonly Waiting[]>
  /** Prepares a copy of everything, as of one moment, into a file that does not exist yet: for a back-up while writing goes on. */
  copy(file: string): Promise<CollectionsCopy>
  /** Writes the file anew without what was deleted, for after an erasure. Takes time in proportion to the file. */
  compact(): Promise<void>
  close(): Promise<void>
}

// For each connection: a commit is synced before it is acknowledged, and what is deleted is overwritten.
const SETTINGS = ['journal_mode = WAL', 'synchronous = FULL', 'busy_timeout = 5000', 'foreign_keys = ON', 'secure_delete = ON']

/** Opens the embedded store of a group's collections. MIGRATION_CHANGED, MIGRATION_FAILED, DATABASE_NEWER, STORE_BUSY. */
export async function openCollections({ file, cipher, clock = { now: () => new Date() }, migrations }: CollectionsOptions): Promise<Collections> {
  const url = prepareFile(file)
  const migrated = await migrate(url, migrations)
  const prisma = new PrismaClient({ adapter: new PrismaLibSql({ url, intMode: 'bigint', timeout: 5000 } as ConstructorParameters<typeof PrismaLibSql>[0]) })
  for (const setting of SETTINGS) await prisma.$queryRawUnsafe(`PRAGMA ${setting}`)
  const store = new PrismaRowStore(prisma)
  const open = new Map<string, Promise<unknown>>()
  return {
    migrated,
    async repository<T extends { id: string }>(definition: CollectionDefinition<T>): Promise<Repository<T>> {
      const known = open.get(definition.name) as Promise<Repository<T>> | undefined
      if (known !== undefined) {
        const repository = await known
        if (repository.definition !== definition) throw new CollectionError('INVALID_DEFINITION', `the collection «${definition.name}» is open with another definition`)
        return repository
      }
      const opening = openRepository(definition, { store, cipher, clock })
      open.set(definition.name, opening)
      try {
        return await opening
      } catch (error) {
        open.delete(definition.name)
        throw error
      }
    },
    async health() {
      const synchronous = await pragma(prisma, 'synchronous')
      const timeout = await pragma(prisma, 'busy_timeout')
      // Settings answer out of memory; this has to read.
      await prisma.$queryRawUnsafe('SELECT count(*) AS n FROM "Shape"')
      const ok = synchronous === 2 && timeout === 5000
      return { ok, detail: ok ? 'ready' : 'the connection lost its settings, so that writes may not be synced: open the database again' }
    },
    async waiting() {
      const rows = await prisma.$queryRawUnsafe<{ collection: string; records: bigint | number; oldest: string }[]>(
        'SELECT "collection", count(*) AS records, min("pendingFrom") AS oldest FROM "Record" WHERE "pendingFrom" IS NOT NULL GROUP BY "collection" ORDER BY "collection"',
      )
      // An event's id begins with the milliseconds at which it was made.
      return rows.map(({ collection, records, oldest }) => ({ collection, records: Number(records), since: new Date(Number.parseInt(oldest.slice(0, 12), 16)).toISOString() }))
    },
    copy: (target) => prepareCopy(url, target),
    async compact() {
      await prisma.$executeRawUnsafe('VACUUM')
      await prisma.$queryRawUnsafe('PRAGMA wal_checkpoint(TRUNCATE)')
    },
    close: () => store.close(),
  }
}

async function pragma(prisma: PrismaClient, name: string): Promise<number> {
  const [row] = await prisma.$queryRawUnsafe<Record<string, bigint | number>[]>(`PRAGMA ${name}`)
  return Number(Object.values(row ?? {})[0])
}

// SQLite gives its log and shared memory the rights of the database file, so that one must be there first.
function prepareFile(file: string): string {
  const path = resolve(file)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  closeSync(openSync(path, 'a', 0o600))
  for (const each of [path, `${path}-wal`, `${path}-shm`]) if (existsSync(each)) chmodSync(each, 0o600)
  return `file:${path.split('/').map(encodeURIComponent).join('/')}`
}
