import { CollectionError } from '../errors.ts'
import { Prisma, type PrismaClient } from '../generated/client.ts'
import type { Record as RecordRow } from '../generated/client.ts'
import type { Row, RowStore } from '../rows.ts'

const BUSY = 'P1008'
const UNIQUE = 'P2002'
const BUSY_ATTEMPTS = 6
const BUSY_PAUSE_MS = 25

type RawRow = Omit<RecordRow, 'revision' | 'version' | 'removed'> & Record<'revision' | 'version' | 'removed', bigint | number | boolean>
type Keys = readonly { field: string; value: string }[]

/**
 * Rows in SQLite through Prisma. Each write is one statement on one connection (triggers keep the search keys), because the
 * libsql adapter opens a new connection after each transaction, which forgets its settings and is never closed.
 */
export class PrismaRowStore implements RowStore {
  readonly #prisma: PrismaClient

  constructor(prisma: PrismaClient) {
    this.#prisma = prisma
  }

  async read(collection: string, id: string): Promise<Row | null> {
    const row = await retry(() => this.#prisma.record.findUnique({ where: { collection_id: { collection, id } } }))
    return row === null ? null : fromTable(row)
  }

  async search(collection: string, keys: Keys, after: string | undefined, limit: number): Promise<Row[]> {
    const [first, ...others] = keys
    if (first === undefined) {
      const where = { collection, removed: false, ...(after === undefined ? {} : { id: { gt: after } }) }
      return (await retry(() => this.#prisma.record.findMany({ where, orderBy: { id: 'asc' }, take: limit }))).map(fromTable)
    }
    const rows = await retry(() => this.#prisma.$queryRaw<RawRow[]>`
      SELECT r.* ${matching(collection, first, others)} AND k."recordId" > ${after ?? ''} ORDER BY k."recordId" LIMIT ${limit}`)
    return rows.map(({ revision, version, removed, ...row }) =>
      fromTable({ ...row, revision: Number(revision), version: Number(version), removed: Number(removed) !== 0 }))
  }

  async count(collection: string, keys: Keys): Promise<number> {
    const [first, ...others] = keys
    if (first === undefined) return retry(() => this.#prisma.record.count({ where: { collection, removed: false } }))
    const [row] = await retry(() => this.#prisma.$queryRaw<{ n: bigint }[]>`SELECT count(*) AS n ${matching(collection, first, others)}`)
    return Number(row?.n ?? 0)
  }

  async holder(collection: string, field: string, value: string): Promise<string | null> {
    const uniqueKey = uniqueKeyOf(collection, field, value)
    const found = await retry(() => this.#prisma.lookup.findUnique({ where: { uniqueKey }, select: { recordId: true } }))
    return found?.recordId ?? null
  }

  async insert(row: Row): Promise<'done' | 'taken'> {
    return write(async () => {
      await this.#prisma.record.createMany({ data: [toTable(row)] })
      return 'done'
    })
  }

  async replace(row: Row, version: number): Promise<'done' | 'taken' | 'changed'> {
    const { collection, id, ...data } = toTable(row)
    return write(async () => {
      const { count } = await this.#prisma.record.updateMany({ where: { collection, id, version }, data })
      return count === 1 ? 'done' : 'changed'
    })
  }

  async delete(collection: string, id: string, version: number): Promise<boolean> {
    const { count } = await retry(() => this.#prisma.record.deleteMany({ where: { collection, id, version } }))
    return count === 1
  }

  async withPending(collection: string, limit: number): Promise<Row[]> {
    const rows = await retry(() => this.#prisma.record.findMany({ where: { collection, pendingFrom: { not: null } }, orderBy: { pendingFrom: 'asc' }, take: limit }))
    return rows.map(fromTable)
  }

  async expired(collection: string, instant: string, limit: number): Promise<Row[]> {
    const rows = await retry(() => this.#prisma.record.findMany({ where: { collection, expiresAt: { lte: instant } }, orderBy: { expiresAt: 'asc' }, take: limit }))
    return rows.map(fromTable)
  }

  async all(collection: string, after: string | undefined, limit: number): Promise<Row[]> {
    const where = { collection, ...(after === undefined ? {} : { id: { gt: after } }) }
    return (await retry(() => this.#prisma.record.findMany({ where, orderBy: { id: 'asc' }, take: limit }))).map(fromTable)
  }

  async shape(collection: string): Promise<string | null> {
    return (await retry(() => this.#prisma.shape.findUnique({ where: { collection } })))?.digest ?? null
  }

  async setShape(collection: string, digest: string): Promise<void> {
    await retry(async () => {
      const { count } = await this.#prisma.shape.updateMany({ where: { collection }, data: { digest } })
      if (count === 0) await this.#prisma.shape.createMany({ data: [{ collection, digest }] })
    })
  }

  async close(): Promise<void> {
    await this.#prisma.$disconnect()
  }
}

// Starts from the search key, whose index is in the order of ids; Prisma's own filter on a relation would visit every record.
function matching(collection: string, { field, value }: Keys[number], others: Keys): Prisma.Sql {
  const more = others.map((key) => Prisma.sql`AND EXISTS (SELECT 1 FROM "Lookup" AS o WHERE o."collection" = k."collection"
    AND o."field" = ${key.field} AND o."value" = ${key.value} AND o."recordId" = k."recordId")`)
  return Prisma.sql`FROM "Lookup" AS k JOIN "Record" AS r ON r."collection" = k."collection" AND r."id" = k."recordId"
    WHERE k."collection" = ${collection} AND k."field" = ${field} AND k."value" = ${value} ${Prisma.join([Prisma.empty, ...more], ' ')}`
}

function uniqueKeyOf(collection: string, field: string, value: string): string {
  return JSON.stringify([collection, field, value])
}

function toTable({ lookups, pending, requests, ...row }: Row): RecordRow {
  return {
    ...row,
    lookups: JSON.stringify(lookups.map(({ field, value, unique }) => [field, value, unique ? uniqueKeyOf(row.collection, field, value) : null])),
    pending: JSON.stringify(pending.map(({ id, box }) => [id, box])),
    pendingFrom: pending[0]?.id ?? null,
    requests: JSON.stringify(requests.map(({ key, digest, at }) => [key, digest, at])),
  }
}

function fromTable({ pendingFrom: _pendingFrom, lookups, pending, requests, ...row }: RecordRow): Row {
  return {
    ...row,
    lookups: (JSON.parse(lookups) as [string, string, string | null][]).map(([field, value, key]) => ({ field, value, unique: key !== null })),
    pending: (JSON.parse(pending) as [string, string][]).map(([id, box]) => ({ id, box })),
    requests: (JSON.parse(requests) as [string, string, string][]).map(([key, digest, at]) => ({ key, digest, at })),
  }
}

async function write<T extends string>(work: () => Promise<T>): Promise<T | 'taken'> {
  try {
    return await retry(work)
  } catch (error) {
    if (codeOf(error) === UNIQUE) return 'taken'
    throw error
  }
}

// Another process may hold the database for a moment (a back-up, an administrator's tool).
async function retry<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (codeOf(error) !== BUSY) throw error
      if (attempt >= BUSY_ATTEMPTS) {
        throw new CollectionError('STORE_BUSY', 'the database is held by another process: only one may write it', { cause: error })
      }
      await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS * 2 ** attempt))
    }
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string }).code
}
