import { organization, Refusal } from '@growr/contracts'
import { businessDate } from '@growr/runtime'
import type { Ask } from './ask.ts'
import { en, type Text } from './texts/en.ts'

/** 20000.00 as 20,000.00: how amounts are read. */
export function money(amount: string): string {
  const [whole = '', part] = amount.split('.')
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${part === undefined ? '' : `.${part}`}`
}

/** 18.00 as 18, 2.50 as 2.5. */
export const rate = (percent: string): string => (percent.includes('.') ? percent.replace(/\.?0+$/, '') : percent)

interface Issued {
  readonly organization: string
  readonly issuedAt: string
  readonly validUntil: string
}

/** When a credential was issued, and the last day on which it counts: by the calendar of the organization that stated it. */
export async function daysOf(ask: Pick<Ask, 'call'>, { organization: id, issuedAt, validUntil }: Issued): Promise<{ readonly issued: string; readonly until: string }> {
  const timezone = await ask.call(organization.findById, { id }).then((found) => found.timezone, (error: unknown) => {
    if (error instanceof Refusal && (error.kind === 'FORBIDDEN' || error.kind === 'NOT_FOUND')) return 'UTC'
    throw error
  })
  const on = (time: number): string => businessDate(new Date(time), timezone)
  return { issued: on(Date.parse(issuedAt)), until: on(Date.parse(validUntil) - 1) }
}

/** The name of a value of a closed list, in her language; the value itself where the list has grown. */
export function named(ask: Pick<Ask, 'say'>, list: 'status' | 'type' | 'complaint', value: string): string {
  const text = `${list}.${value}`
  return Object.hasOwn(en, text) ? ask.say(text as Text) : value
}

export const typeNames = (ask: Pick<Ask, 'say'>, types: readonly string[]): string => types.map((type) => named(ask, 'type', type)).join(', ')
