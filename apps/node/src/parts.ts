import { join } from 'node:path'
import { existsSync } from 'node:fs'
import type { BookStore } from '@growr/books'
import type { Collections } from '@growr/collections'
import { directory, kinds, openFinancingKeep } from '@growr/financing'
import { openIdentityKeep } from '@growr/identity'
import { openPaymentKeep, paymentsView } from '@growr/payment'
import { lockDirectory, systemClock } from '@growr/runtime'
import { openBookStore, roomsOf, type Keep, type Rooms } from '@growr/service'
import { OperatorError } from './operator-error.ts'

export const GROUPS = ['access', 'identity', 'financing', 'payment'] as const
export type GroupName = (typeof GROUPS)[number]

/** What a group keeps on the disk, opened. */
export interface GroupParts {
  readonly name: GroupName
  readonly rooms: Rooms
  readonly collections?: Collections
  readonly store?: BookStore
}

/** Everything that a node keeps: of one that runs, or opened for a command. */
export interface Parts {
  readonly data: string
  readonly groups: readonly GroupParts[]
}

/** The books of each group: of every organization all of these kinds. */
const BOOKS: Readonly<Partial<Record<GroupName, readonly string[]>>> = { financing: kinds, payment: ['payment'] }

export interface OpenedParts extends Parts {
  close(): Promise<void>
}

/** Of what each group keeps, of a node that does not run. */
export const openers: Readonly<Record<Exclude<GroupName, 'access'>, (dataDir: string, passphrase: string) => Promise<Keep>>> = {
  identity: (dataDir, passphrase) => openIdentityKeep({ dataDir, passphrase }),
  financing: (dataDir, passphrase) => openFinancingKeep({ dataDir, passphrase, clock: systemClock }),
  payment: (dataDir, passphrase) => openPaymentKeep({ dataDir, passphrase, clock: systemClock }),
}

export interface OpenPartsOptions {
  readonly data: string
  readonly passphrase: string
  /** Has every book go on in a signed successor; 'first': those that never did. */
  readonly succeed?: boolean | 'first'
  /** Without its views, which takes less time. */
  readonly views?: boolean
  /** The caller holds the directory already. */
  readonly locked?: boolean
}

/** Opens what a node keeps that does not run: nothing acts by itself. DATA_IN_USE where it runs, NO_DATA where there is none. */
export async function openParts({ data, passphrase, succeed = false, views = true, locked = false }: OpenPartsOptions): Promise<OpenedParts> {
  if (!existsSync(join(data, 'identity', 'keys.json'))) throw new OperatorError('NO_DATA', `${data} holds no node: give --data the directory of one`)
  const closing: (() => unknown)[] = []
  const close = async (): Promise<void> => {
    for (const one of closing.splice(0).toReversed()) await one()
  }
  try {
    if (!locked) {
      const lock = lockDirectory(data)
      closing.push(() => lock.release())
    }
    const groups: GroupParts[] = [{ name: 'access', rooms: roomsOf(data, 'access') }]
    for (const name of ['identity', 'financing', 'payment'] as const) {
      const keep = await openers[name](data, passphrase)
      closing.push(() => keep.close())
      const store = BOOKS[name] ? await openBooks(keep, BOOKS[name], { succeed, closing }) : undefined
      if (store && views) await store.view(name === 'financing' ? directory : paymentsView)
      groups.push({ name, rooms: keep.rooms, collections: keep.collections, ...(store && { store }) })
    }
    return { data, groups, close }
  } catch (error) {
    await close().catch(() => undefined)
    throw error
  }
}

async function openBooks(keep: Keep, all: readonly string[], { succeed, closing }: { succeed: boolean | 'first'; closing: (() => unknown)[] }): Promise<BookStore> {
  const { store, close } = await openBookStore(keep, systemClock)
  closing.push(close)
  for (const organization of await tenantsOf(keep.collections)) for (const kind of all) await store.book({ kind, organization, succeed })
  return store
}

/** The organizations that have books in a group. */
export async function tenantsOf(collections: Collections): Promise<string[]> {
  const tenants = await collections.repository<{ id: string }>(TENANTS)
  const found: string[] = []
  for (let after: string | undefined; ;) {
    const page = await tenants.find({ limit: 500, ...(after === undefined ? {} : { after }) })
    found.push(...page.map(({ id }) => id))
    after = page.at(-1)?.id
    if (page.length < 500) return found
  }
}

const TENANTS = { name: 'tenants', personal: [], lookup: {} }
