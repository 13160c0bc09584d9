import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Book, BookStore, Draft, StoredEntry } from '@growr/books'
import { openFinancingKeep } from '@growr/financing'
import { postingsFor } from '@growr/ledger'
import { applyTo, type Kind, RULES } from '@growr/lending'
import { openPaymentKeep } from '@growr/payment'
import { type Keep, openBookStore } from '@growr/service'
import { audit } from '../audit/audit.ts'
import type { Finding } from '../audit/finding.ts'
import { type Report, runJourney } from '../run.ts'

export const VILLAGE = fileURLToPath(new URL('./village.yaml', import.meta.url))

const clock = { now: (): Date => new Date('2026-02-05T12:00:00.000Z') }

/** A journey that was played, whose data directory is copied for each fault. */
export class Village {
  readonly report: Report

  private constructor(report: Report) {
    this.report = report
  }

  static async play(): Promise<Village> {
    const report = await runJourney(VILLAGE, { keep: true })
    if (report.failure !== null) throw new Error(`${report.failure.code}: ${report.failure.message}; left in ${report.kept}`)
    return new Village(report)
  }

  /** Plants a fault in a copy of the data and gives what the audit finds there. */
  async audited(plant: (data: string) => unknown, metrics: string = this.report.metrics): Promise<readonly Finding[]> {
    const folder = await mkdtemp(join(tmpdir(), 'growr-fault-'))
    try {
      const data = join(folder, 'data')
      await cp(this.report.data, data, { recursive: true, filter: (source) => !source.endsWith('-shm') })
      await plant(data)
      const { passphrase, evidence } = this.report
      return await audit({ data, passphrase, evidence, metrics })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  /** Opens a group's books with the keys that only a thief of the pass phrase would have. */
  async withBooks(data: string, group: 'financing' | 'payment', work: (books: { store: BookStore; keep: Keep; book: (kind: Kind) => Promise<Book> }) => Promise<void>): Promise<void> {
    const keep = await (group === 'financing' ? openFinancingKeep : openPaymentKeep)({ dataDir: data, passphrase: this.report.passphrase, clock })
    const opened = await openBookStore(keep, clock)
    try {
      const [organization] = await (await keep.collections.repository<{ id: string }>({ name: 'tenants', personal: [], lookup: {} })).find()
      await work({ store: opened.store, keep, book: (kind) => opened.store.book({ kind, organization: organization?.id as string }) })
    } finally {
      await opened.close()
      await keep.close()
    }
  }

  async cleanUp(): Promise<void> {
    if (this.report.kept !== null) await rm(this.report.kept, { recursive: true, force: true })
  }
}

export async function entriesOf(book: Book): Promise<readonly StoredEntry[]> {
  return book.entries(0, 1000)
}

/** An entry such as the service would append: the state and the postings that the rules make of the event. */
export function draftOf(kind: Kind, key: string, before: unknown, event: unknown, like: StoredEntry): Draft {
  const apply = applyTo[kind] as (state: unknown, event: unknown) => unknown
  const state = apply(before, event)
  return {
    key,
    rules: String(RULES),
    businessDate: '2026-02-05',
    actor: { role: 'ORIGINATOR_ADMIN', id: 'somebody' },
    action: like.action,
    event: event as never,
    state: state as never,
    postings: postingsFor(kind, event as never, before as never, state as never),
    scope: like.epoch.of,
    person: 'somebody',
  }
}
