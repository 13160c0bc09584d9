import type { Load } from '../ask.ts'
import * as lending from './lending.ts'
import * as person from './person.ts'

/** What screens are filled with, by the name that the menu uses. */
export const loaders = {
  owed: lending.owed,
  payable: lending.payable,
  due: lending.due,
  sum: lending.sum,
  cash: lending.cash,
  loans: lending.loans,
  loan: lending.one,
  facts: lending.facts,
  contract: lending.contract,
  offers: lending.offers,
  offer: lending.offer,
  quote: lending.quote,
  currency: lending.currency,
  credentials: person.credentials,
  credential: person.credential,
  types: person.types,
  permissions: person.permissions,
  permission: person.permission,
  profile: person.profile,
  complaints: person.complaints,
  complaint: person.complaint,
} as const satisfies Readonly<Record<string, Load>>

export type LoaderName = keyof typeof loaders
