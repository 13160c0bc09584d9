import { type Bus } from '@growr/bus'
import { organization as organizations, Refusal } from '@growr/contracts'
import type { Repository } from '@growr/collections'
import { businessDate, type Clock } from '@growr/runtime'
import type { RequestRefs } from '@growr/service'
import type { FinancingBooks } from './books/financing-books.ts'
import type { ContractDoc, IntentDoc, ReceiptDoc } from './investor/investor.collections.ts'

/** What the services of this group share. */
export interface Financing {
  readonly books: FinancingBooks
  readonly intents: Repository<IntentDoc>
  readonly contracts: Repository<ContractDoc>
  readonly receipts: Repository<ReceiptDoc>
  readonly bus: Bus
  readonly clock: Clock
  readonly newId: () => string
  /** How a collection's record knows a request again. */
  readonly requests: RequestRefs
  /** A record waits to tell others something. */
  readonly woken: () => void
}

export interface OrganizationView {
  readonly id: string
  readonly name: string
  readonly did: string
  readonly timezone: string
}

const known = new WeakMap<Financing, Map<string, OrganizationView>>()

/** An organization's name, DID and time zone; they do not change, so they are asked for once. */
export async function organizationOf(financing: Financing, id: string): Promise<OrganizationView> {
  const cache = known.get(financing) ?? new Map<string, OrganizationView>()
  known.set(financing, cache)
  const cached = cache.get(id)
  if (cached) return cached
  const found = await financing.bus.call(organizations.findById, { id }, { as: { service: 'project' } })
  cache.set(id, found)
  return found
}

/** The organization's business date now. */
export async function today(financing: Financing, organization: string): Promise<string> {
  return businessDate(financing.clock.now(), (await organizationOf(financing, organization)).timezone)
}

/** Today, or the value date that was given: not in the future. */
export async function valueDateOf(financing: Financing, organization: string, given: string | undefined): Promise<{ valueDate: string; bookingDate: string }> {
  const bookingDate = await today(financing, organization)
  if (given !== undefined && given > bookingDate) throw new Refusal('VALUE_DATE', { path: 'valueDate', details: { today: bookingDate } })
  return { valueDate: given ?? bookingDate, bookingDate }
}
