import type { OneTimeCodes } from '@growr/auth'
import type { Bus } from '@growr/bus'
import type { Repository } from '@growr/collections'
import { organization as organizations, Refusal } from '@growr/contracts'
import type { Holder } from '@growr/lending'
import { businessDate, type Clock } from '@growr/runtime'
import type { PaymentBooks } from './books/payment-books.ts'
import type { HolderDoc } from './payment/payment.collections.ts'

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
}

const zones = new WeakMap<Payments, Map<string, string>>()

export async function today(payments: Payments, organization: string): Promise<string> {
  const known = zones.get(payments) ?? new Map<string, string>()
  zones.set(payments, known)
  let zone = known.get(organization)
  if (zone === undefined) {
    zone = (await payments.bus.call(organizations.findById, { id: organization }, { as: { service: 'payment' } })).timezone
    known.set(organization, zone)
  }
  return businessDate(payments.clock.now(), zone)
}

export async function datesOf(payments: Payments, organization: string, given: string | undefined): Promise<{ valueDate: string; bookingDate: string }> {
  const bookingDate = await today(payments, organization)
  if (given !== undefined && given > bookingDate) throw new Refusal('VALUE_DATE', { path: 'valueDate', details: { today: bookingDate } })
  return { valueDate: given ?? bookingDate, bookingDate }
}

export const bankOf = (organization: string): Holder => ({ rail: 'BANK', holder: organization })

/** The float of an agent; remembered so that the pseudonym can be shown as the agent again. */
export async function floatOf(payments: Payments, organization: string, agent: string): Promise<Holder> {
  const id = payments.pseudonym(organization, agent)
  if (!(await payments.holders.get(id))) await payments.holders.insert({ id, organization, agent }).catch(async (error: unknown) => {
    if (!(await payments.holders.get(id))) throw error
  })
  return { rail: 'CASH', holder: id }
}
