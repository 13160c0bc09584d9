import assert from 'node:assert/strict'
import type { CollectionDefinition, RecordCipher, Repository, RequestRef } from '../types.ts'

/** The document with which the contract is tried. */
export interface Person {
  id: string
  name: string
  phone: string | null
  emails: string[]
  organization: string
  active: boolean
  logins: number
  until?: string
}

/** A collection that has every kind of lookup. */
export const people: CollectionDefinition<Person> = {
  name: 'people',
  personal: ['name', 'phone', 'emails'],
  lookup: {
    phone: { unique: true, blind: true },
    emails: { unique: true, blind: true, many: true },
    organization: {},
    active: {},
    logins: {},
  },
  expires: 'until',
}

/** What a backend has to be tried with: a fresh store for each test, on which the same store can be opened again. */
export interface ContractStore {
  /** Opens the collection; called again, it opens the same data as another process would after a restart. */
  open<T extends { id: string }>(definition: CollectionDefinition<T>): Promise<Repository<T>>
  /** Sets the clock that the repositories use. */
  setTime(instant: string): void
  cipher: RecordCipher
  dispose(): Promise<void>
}

/** The functions of a test runner (vitest, node:test …) that the suite needs. */
export interface TestRunner {
  describe(name: string, body: () => void): void
  it(name: string, body: () => Promise<void>): void
}

export const START = '2026-03-01T00:00:00.000Z'
export const person = (id: string, change: Partial<Person> = {}): Person =>
  ({ id, name: `Name of ${id}`, phone: `+504${id}`, emails: [`${id}@example.org`], organization: 'COMSA', active: true, logins: 0, ...change })
export const request = (change: Partial<RequestRef> = {}): RequestRef =>
  ({ caller: 'ana', action: 'user.addUser', requestId: 'r-1', paramsDigest: 'digest-1', ...change })
export const refused = async (code: string, work: Promise<unknown>, field?: string): Promise<void> => {
  await assert.rejects(work, (error: { code?: string; field?: string }) => {
    assert.equal(error.code, code)
    if (field !== undefined) assert.equal(error.field, field)
    return true
  })
}
export const codes = async (work: Promise<unknown>[]): Promise<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const result of await Promise.allSettled(work)) {
    const name = result.status === 'fulfilled' ? 'done' : String((result.reason as { code?: string }).code ?? result.reason)
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}
export const ids = (stored: readonly { id: string }[]): string[] => stored.map(({ id }) => id)
export const times = <R>(count: number, work: (index: number) => R): R[] => Array.from({ length: count }, (_, index) => work(index))

/** A test on a fresh store. */
export type On = (name: string, body: (repository: Repository<Person>, store: ContractStore) => Promise<void>) => void

export function onFreshStore(makeStore: () => Promise<ContractStore>, { it }: TestRunner): On {
  return (name, body) =>
    it(name, async () => {
      const store = await makeStore()
      try {
        store.setTime(START)
        await body(await store.open(people), store)
      } finally {
        await store.dispose()
      }
    })
}
