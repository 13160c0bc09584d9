import { formatAmount, type Amount, type Currency, type Json } from '@growr/money'

/** Why a command was refused. A subset of the catalogue of codes that leave the node. */
export type RefusalCode =
  | 'AMOUNT_INVALID'
  | 'CURRENCY_MISMATCH'
  | 'DUPLICATE'
  | 'NOT_FOUND'
  | 'VALUE_DATE'
  // projects
  | 'PROJECT_STATUS'
  | 'PROJECT_NOT_OPEN'
  | 'PROJECT_TERMS'
  | 'PROJECT_AMOUNT_EXCEEDED'
  | 'PROJECT_NOT_SETTLED'
  | 'EXCHANGE_OPEN'
  | 'NO_TRUSTED_ISSUER'
  | 'FUNDS_RESERVED'
  | 'FUNDS_INSUFFICIENT'
  | 'FUNDING_SOURCE'
  | 'FUNDING_BELOW_MINIMUM'
  | 'FUNDING_ABOVE_MAXIMUM'
  | 'LEVERAGE_EXCEEDED'
  | 'NOT_OWED'
  | 'ALREADY_REVERTED'
  // loans
  | 'LOAN_STATUS'
  | 'OFFER_LAPSED'
  | 'COOLING_OFF'
  | 'SERVICE_STATUS'
  // payments
  | 'PAYMENT_STATUS'
  | 'PAYMENT_AMOUNT'
  | 'CASH_INSUFFICIENT'
  | 'RAIL_MISMATCH'
  | 'NOTHING_TO_RETURN'
  | 'APPROVAL_MISSING'
  | 'REVERSAL_STATUS'
  | 'ASSIGNED_ALREADY'

/** A refusal as a value: the code, the field it is about, and figures that help. Never anything personal. */
export interface Refused {
  readonly refused: RefusalCode
  readonly path?: string
  readonly details?: Readonly<Record<string, Json>>
}

/** What a command comes to: events to append, in order and together, or a refusal. */
export type Decision<Event> = { readonly events: readonly Event[] } | Refused

export function refuse(refused: RefusalCode, path?: string, details?: Readonly<Record<string, Json>>): Refused {
  return { refused, ...(path === undefined ? {} : { path }), ...(details === undefined ? {} : { details }) }
}

export function isRefused(decision: unknown): decision is Refused {
  return typeof decision === 'object' && decision !== null && 'refused' in decision
}

/** Amounts as a person reads them, for the details of a refusal. */
export function figures(currency: Currency, amounts: Readonly<Record<string, Amount>>): Record<string, Json> {
  return Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, formatAmount(amount, currency)]))
}

/** The first refusal among checks made in order, or null. */
export function firstRefusal(...checks: readonly (() => Refused | null)[]): Refused | null {
  for (const check of checks) {
    const refused = check()
    if (refused) return refused
  }
  return null
}
