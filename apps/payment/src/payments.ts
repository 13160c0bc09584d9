import type { OneTimeCodes } from '@growr/auth'
import type { ViewReader } from '@growr/books'
import type { Bus } from '@growr/bus'
import type { Repository } from '@growr/collections'
import { organization as organizations } from '@growr/contracts'
import type { Holder } from '@growr/lending'
import { businessDate, type Clock } from '@growr/runtime'
import type { Signer } from '@growr/credentials'
import type { MobileMoneyProvider } from '@growr/mobilemoney'
import type { PaymentBooks } from './books/payment-books.ts'
import type { AccountDoc, HintDoc, ListDoc, LoanCodeDoc, LookDoc, StatementDoc } from './mobile/mobile.collections.ts'
import type { Networks } from './network/networks.ts'
import type { HolderDoc, ReceiptDoc } from './payment/payment.collections.ts'

/** What the parts of this group share. */
export interface Payments {
  readonly books: PaymentBooks
  readonly codes: OneTimeCodes
  readonly holders: Repository<HolderDoc>
  readonly bus: Bus
  readonly clock: Clock
  readonly newId: () => string
  /** The pseudonym under which an agent's cash stands in the accounts: keyed, so that nobody can find the agent by trying. */
  readonly pseudonym: (organization: string, agent: string) => string
  /** Up to which entry of an organization's book the loans have heard of their payments. */
  readonly reached: (organization: string) => number
  /** Resolves when the loans have heard of what this book held at the call, or when that takes too long: look afterwards. */
  readonly heard: (organization: string) => Promise<void>
  /** Resolves when this book holds what the Funding book held at the call. UNAVAILABLE where that takes too long. */
  readonly upToDate: (organization: string) => Promise<void>
  /** A message was refused for good: by its code, for the log. */
  readonly untold: (template: string, code: string) => void
  /** Codes that were made and are not sent yet, by payment: tried again, the same one leaves. */
  readonly unsent: Map<string, { readonly code: string; readonly validUntil: Date }>
  /** Time zones of organizations, which do not change. */
  readonly zones: Map<string, string>
  /** Which payments lead to whom. */
  readonly persons: ViewReader
  /** Destroys a person's key in an organization. */
  readonly erase: (person: string, organization: string) => Promise<unknown>
  readonly receipts: Repository<ReceiptDoc>
  /**
   * The key of a payment that the outside names (a provider's reference, a receipt made offline): keyed, so that nobody who knows the
   * name finds the payment, and the same name is never booked twice.
   */
  readonly keyOf: (kind: 'M' | 'C' | 'N' | 'F' | 'A', ...names: readonly string[]) => string
  /** False where nothing may be sent until the operator has reconciled the node with the world. */
  readonly sending: () => boolean
  readonly mobile: Mobile
  readonly networks: Networks
  readonly lists: Repository<ListDoc>
  /** With whose key collection lists are signed: the node's, for this alone. */
  readonly listSigner: Signer
}

/** What belongs to mobile money. */
export interface Mobile {
  /** With which the node's payment codes begin. */
  readonly prefix: string
  readonly providers: ReadonlyMap<string, MobileMoneyProvider>
  readonly accounts: Repository<AccountDoc>
  readonly hints: Repository<HintDoc>
  readonly codes: Repository<LoanCodeDoc>
  readonly looks: Repository<LookDoc>
  readonly statements: Repository<StatementDoc>
  /** More callbacks of an organization than these do not wait for their provider: whoever makes them up fills no disk. */
  readonly mostWaiting: number
  /** Asks the provider of an organization soon. */
  readonly wake: (organization: string) => void
  readonly log: (level: 'warn' | 'error', message: string, fields: Readonly<Record<string, unknown>>) => void
}

async function zoneOf({ bus, zones }: Pick<Payments, 'bus' | 'zones'>, organization: string): Promise<string> {
  let zone = zones.get(organization)
  if (zone === undefined) {
    zone = (await bus.call(organizations.findById, { id: organization }, { as: { service: 'payment' } })).timezone
    zones.set(organization, zone)
  }
  return zone
}

/** The organization's business date now. */
export async function today(payments: Pick<Payments, 'bus' | 'clock' | 'zones'>, organization: string): Promise<string> {
  return businessDate(payments.clock.now(), await zoneOf(payments, organization))
}

/** The organization's business date at an instant, and never one that has not come yet. */
export async function dayOf(payments: Pick<Payments, 'bus' | 'clock' | 'zones'>, organization: string, at: Date): Promise<string> {
  const now = await today(payments, organization)
  const day = businessDate(at, await zoneOf(payments, organization))
  return day > now ? now : day
}

/** The organization's account at the bank. */
export const bankOf = (organization: string): Holder => ({ rail: 'BANK', holder: organization })

/** The organization's account at its provider of mobile money. */
export const mobileOf = (organization: string): Holder => ({ rail: 'MOBILE', holder: organization })

/** The float of an agent; remembered so that the pseudonym can be shown as the agent again. */
export async function floatOf({ pseudonym, holders }: Payments, organization: string, agent: string): Promise<Holder> {
  const id = pseudonym(organization, agent)
  if (!(await holders.get(id))) {
    await holders.insert({ id, organization, agent }).catch(async (error: unknown) => {
      // Somebody was faster with the same one.
      if (!(await holders.get(id))) throw error
    })
  }
  return { rail: 'CASH', holder: id }
}
