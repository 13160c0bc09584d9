import type { Ask } from './ask.ts'
import { en, type Text } from './texts/en.ts'

/** 20000.00 as 20,000.00: how amounts are read. */
export function money(amount: string): string {
  const [whole = '', part] = amount.split('.')
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${part === undefined ? '' : `.${part}`}`
}

/** 18.00 as 18, 2.50 as 2.5. */
export const rate = (percent: string): string => (percent.includes('.') ? percent.replace(/\.?0+$/, '') : percent)

export const day = (instant: string): string => instant.slice(0, 10)

/** The name of a value of a closed list, in her language; the value itself where the list has grown. */
export function named(ask: Pick<Ask, 'say'>, list: 'status' | 'type' | 'complaint', value: string): string {
  const text = `${list}.${value}`
  return Object.hasOwn(en, text) ? ask.say(text as Text) : value
}

export const typeNames = (ask: Pick<Ask, 'say'>, types: readonly string[]): string => types.map((type) => named(ask, 'type', type)).join(', ')
