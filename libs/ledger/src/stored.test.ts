import { expect, it } from 'vitest'
import { applyTo, type EventOf, type Kind, type StateOf } from '@growr/lending'
import { decodeJson, encodeJson } from '@growr/money'
import { postingsFor } from './index.ts'
import { digest } from './testing/digest.ts'
import { stored } from './testing/stored-entries.ts'

// Entries that were written before payments went over networks, with what state and postings came to then.

interface Stored {
  readonly kind: Kind
  readonly key: string
  readonly event: EventOf[Kind]
  readonly state: string
  readonly postings: string
}

it('an old book comes to the same states and postings, to the byte', () => {
  const entries = decodeJson(encodeJson([...stored])) as unknown as readonly Stored[]
  const states = new Map<string, StateOf[Kind]>()
  for (const { kind, key, event, state, postings } of entries) {
    const before = states.get(`${kind} ${key}`) ?? null
    const after: StateOf[Kind] = applyTo[kind](before as never, event as never)
    expect([event.type, digest(after), digest(postingsFor(kind, event as never, before as never, after as never))]).toEqual([event.type, state, postings])
    states.set(`${kind} ${key}`, after)
  }
  expect(entries).toHaveLength(62)
  expect(new Set(entries.map(({ event }) => event.type)).size).toBe(23)
})
