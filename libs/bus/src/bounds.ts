import { Refusal } from '@growr/contracts'

/** How large the parameters of one call may be. */
export interface Bounds {
  /** All texts and keys together. */
  readonly characters: number
  /** All values, lists and objects included. */
  readonly values: number
  readonly depth: number
}

export const defaultBounds: Bounds = { characters: 1_000_000, values: 20_000, depth: 24 }

/** Refuses parameters that are too large or are not plain data (REQUEST_TOO_LARGE, BAD_INPUT), before anything reads them. */
export function checkBounds(params: unknown, bounds: Bounds): void {
  const left = { characters: bounds.characters, values: bounds.values }
  measure(params, bounds.depth, left)
}

function measure(value: unknown, depth: number, left: { characters: number; values: number }): void {
  if (--left.values < 0) throw new Refusal('REQUEST_TOO_LARGE')
  if (typeof value === 'string') {
    left.characters -= value.length
    if (left.characters < 0) throw new Refusal('REQUEST_TOO_LARGE')
    return
  }
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') throw new Refusal('BAD_INPUT')
    return
  }
  if (depth === 0) throw new Refusal('REQUEST_TOO_LARGE')
  if (Array.isArray(value)) {
    for (const item of value) measure(item, depth - 1, left)
    return
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) throw new Refusal('BAD_INPUT')
  for (const key of Object.keys(value)) {
    left.characters -= key.length
    measure((value as Record<string, unknown>)[key], depth - 1, left)
  }
}
