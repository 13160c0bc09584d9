import type { OneTimeCodes } from '@growr/auth'
import type { ViewReader } from '@growr/books'
import { type Bus } from '@growr/bus'
import { organization as organizations } from '@growr/contracts'
import type { Repository } from '@growr/collections'
import { businessDate, type Clock } from '@growr/runtime'
import type { RequestRefs } from '@growr/service'
import type { FinancingBooks } from './books/financing-books.ts'
import type { ContractDoc, IntentDoc, ReceiptDoc } from './investor/investor.collections.ts'

/** What the services of this group share. */
export interface Financing {
  readonly books: FinancingBooks
  /** The loans of each project in sums: `portfolioView`. */
  readonly portfolio: ViewReader
  readonly intents: Repository<IntentDoc>
  readonly contracts: Repository<ContractDoc>
  readonly receipts: Repository<ReceiptDoc>
  readonly bus: Bus
  readonly clock: Clock
  readonly newId: () => string
  /** Codes by which borrowers confirm what they received. */
  readonly codes: OneTimeCodes
  /** Codes that were made and are not sent yet, by entry: tried again, the same one leaves. */
  readonly unsent: Map<string, { readonly code: string; readonly validUntil: Date }>
  /** What is kept of the number that a loan had in former books, and what a link to a loan's key facts ends with: keyed. */
  readonly numberDigest: (number: string) => string
  readonly linkDigest: (loan: string) => string
  /** Where the outside reaches the node. */
  readonly publicUrl: string
  /** Destroys a person's key in the books of an organization. */
  readonly erase: (person: string, organization: string) => Promise<unknown>
  /** How a collection's record knows a request again. */
  readonly requests: RequestRefs
  /** A record waits to tell others something. */
  readonly woken: () => void
  /** A message was refused for good: by its code, for the log. */
  readonly untold: (template: string, code: string) => void
  /** Organizations of which a day is being closed, and how far that is. */
  readonly closing: Map<string, { readonly day: string; readonly loans: number; readonly done: number }>
  /** Organizations that were asked for, by id. */
  readonly organizations: Map<string, OrganizationView>
}

export interface OrganizationView {
  readonly id: string
  readonly name: string
  readonly did: string
  readonly timezone: string
}

/** An organization's name, DID and time zone; they do not change, so they are asked for once. NOT_FOUND. */
export async function organizationOf({ bus, organizations: known }: Pick<Financing, 'bus' | 'organizations'>, id: string): Promise<OrganizationView> {
  const cached = known.get(id)
  if (cached) return cached
  const found = await bus.call(organizations.findById, { id }, { as: { service: 'project' } })
  known.set(id, found)
  return found
}

/** The organization's business date now. */
export async function today(financing: Pick<Financing, 'bus' | 'organizations' | 'clock'>, organization: string): Promise<string> {
  return businessDate(financing.clock.now(), (await organizationOf(financing, organization)).timezone)
}
