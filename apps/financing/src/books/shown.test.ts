import { DatabaseSync } from 'node:sqlite'
import type { SqlRow, ViewDatabase } from '@growr/books'
import { createIds } from '@growr/runtime'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { getShown, placeOf, putShown, SHOWN } from './shown.ts'

function database(): ViewDatabase & { dump(): unknown } {
  const db = new DatabaseSync(':memory:')
  db.exec(SHOWN)
  return {
    run: (sql, ...values) => void db.prepare(sql).run(...values),
    get: (sql, ...values) => (db.prepare(sql).get(...values) as SqlRow | undefined) ?? null,
    all: (sql, ...values) => db.prepare(sql).all(...values) as SqlRow[],
    dump: () => ['shown', 'shown_beside'].map((table) => db.prepare(`SELECT key, loan FROM ${table} ORDER BY key`).all()),
  }
}

it('a key made later has a higher place; the same time and the same last three letters are one place', () => {
  let now = Date.UTC(2026, 2, 2)
  const next = createIds({ clock: { now: () => new Date(now) } })
  const first = next()
  now += 1
  expect(placeOf(next())).toBeGreaterThan(placeOf(first))
  expect(placeOf('01KJ0000000000000000000ABC')).toBe(placeOf('01KJ000000ZZZZZZZZZZZZZABC'))
  // 2^63 - 1 is the highest place that SQLite has.
  expect(placeOf(`7${'Z'.repeat(25)}`)).toBe((1n << 63n) - 1n)
  expect(placeOf('imported-17')).not.toBe(placeOf('imported-18'))
})

it('whatever order loans come in, also with the same place, each is found and the tables are the same', () => {
  // Few times and few endings, so that places meet.
  const key = fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 1 })).map(([time, middle, end]) => `01KJ00000${time}000000000000${middle}00${end}`)
  fc.assert(fc.property(fc.uniqueArray(key, { minLength: 1, maxLength: 20 }), fc.infiniteStream(fc.nat()), (keys, order) => {
    const [one, other] = [database(), database()]
    for (const each of keys) putShown(one, each, `first ${each}`)
    for (const each of keys) putShown(one, each, `second ${each}`)
    const mixed = keys.map((each) => [order.next().value as number, each] as const).toSorted(([a], [b]) => a - b)
    for (const [, each] of mixed) putShown(other, each, `second ${each}`)
    for (const each of keys) expect(getShown(one, each)).toBe(`second ${each}`)
    expect(one.dump()).toEqual(other.dump())
    expect(getShown(one, '01KJ000009000000000000900Z')).toBeNull()
  }))
})
