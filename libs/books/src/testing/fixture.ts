import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BookStore } from '../store.ts'
import type { BookStoreOptions } from '../store-options.ts'
import { testKeys, type TestKeys } from './keys.ts'
import type { Draft } from '../entry.ts'

export interface Fixture {
  readonly directory: string
  readonly keys: TestKeys
  readonly store: BookStore
  close(): Promise<void>
}

export const temporaryDirectory = (): string => mkdtempSync(join(tmpdir(), 'books test-'))

export const storeOptions = (directory: string, keys: TestKeys): BookStoreOptions => ({
  dir: join(directory, 'store'), indexDir: join(directory, 'index'), marksDir: join(directory, 'marks'), keys,
  clock: { now: () => new Date('2026-03-01T12:00:00.000Z') },
})

export async function openFixture(directory = temporaryDirectory(), options: Partial<BookStoreOptions> = {}): Promise<Fixture> {
  const keys = await testKeys(directory)
  let store: BookStore
  try {
    store = await BookStore.open({ ...storeOptions(directory, keys), ...options })
  } catch (error) {
    await keys.close()
    throw error
  }
  return {
    directory, keys, store,
    close: async () => {
      await store.close()
      await keys.close()
    },
  }
}

export interface LoanEvent {
  readonly type: 'loan.approved' | 'loan.repaid'
  readonly data: { readonly amount: string }
  readonly subject?: { readonly userDid: string } | null
}

export interface LoanState {
  readonly status: string
  readonly owed: string
  readonly subject?: { readonly userDid: string } | null
}

export type LoanDraft = Draft<LoanEvent, LoanState>

/** A draft of a loan, as a service would hand it in. */
export function loanDraft(key: string, changes: Partial<LoanDraft> = {}): LoanDraft {
  return {
    key, rules: 'lending/1', businessDate: '2026-03-01', actor: { role: 'ORIGINATOR_ADMIN', id: 'user-ana' },
    action: 'loan.applyForLoan', event: { type: 'loan.approved', data: { amount: '2000000' } }, state: { status: 'APPROVED', owed: '2000000' },
    postings: [{ account: 'receivable/loan', amount: '2000000', currency: 'HNL' }, { account: 'clearing', amount: '-2000000', currency: 'HNL' }],
    ...changes,
  }
}

/** The same with what leads to a person. */
export const personalDraft = (key: string, person: string, changes: Partial<LoanDraft> = {}): LoanDraft => loanDraft(key, {
  event: { type: 'loan.approved', data: { amount: '2000000' }, subject: { userDid: person } },
  state: { status: 'APPROVED', owed: '2000000', subject: { userDid: person } },
  person, ...changes,
})
