import type { Outcome } from './door.ts'

type Kind = 'text' | 'texts' | 'number' | 'yes or no' | 'texts by name'
/** What a step of a door may say in `with`; a `!` at the end of a name: it has to. */
export type Fields = Readonly<Record<string, Kind>>

/** JOURNEY_INVALID where a step says what its door does not know, or not what it needs; undefined where all is well. */
export function unreadable(operation: string, given: Readonly<Record<string, unknown>>, fields: Fields): Outcome | undefined {
  const known = new Map(Object.entries(fields).map(([name, kind]) => [name.replace('!', ''), kind]))
  const unknown = Object.keys(given).find((name) => !known.has(name))
  if (unknown !== undefined) return invalid(`${operation} takes no "${unknown}"; it takes ${[...known.keys()].join(', ') || 'nothing'}`)
  const missing = Object.keys(fields).find((name) => name.endsWith('!') && given[name.slice(0, -1)] === undefined)
  if (missing !== undefined) return invalid(`${operation} needs \`${missing.slice(0, -1)}\``)
  const wrong = Object.entries(given).find(([name, value]) => !isOf(known.get(name) as Kind, value))
  return wrong === undefined ? undefined : invalid(`${operation}: ${wrong[0]} is ${known.get(wrong[0])}; a number that is a text stands in quotes`)
}

export const invalid = (message: string): Outcome => ({ refusal: { code: 'JOURNEY_INVALID', message } })

function isOf(kind: Kind, value: unknown): boolean {
  if (kind === 'text') return typeof value === 'string'
  if (kind === 'number') return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 50
  if (kind === 'yes or no') return typeof value === 'boolean'
  const inner = kind === 'texts' ? (Array.isArray(value) ? value : undefined) : typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.values(value) : undefined
  return inner !== undefined && inner.every((each) => typeof each === 'string')
}
