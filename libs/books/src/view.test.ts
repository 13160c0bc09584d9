import { DatabaseSync } from 'node:sqlite'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { countingView } from './testing/counting-view.ts'
import { loanDraft, openFixture, personalDraft, type Fixture } from './testing/fixture.ts'
import { defineView } from './view.ts'

const loan = { kind: 'loan', organization: 'COMSA' }
const rows = 'SELECT organization, key, entries FROM record ORDER BY organization, key'

async function fill(fixture: Fixture, organization: string, count: number): Promise<void> {
  const book = await fixture.store.book({ kind: 'loan', organization })
  await Promise.all(Array.from({ length: count }, (_, i) => book.append(personalDraft(`L${i % 3}`, `did:key:z${i}`))))
}

test('a view has an entry when its append resolves, whether it was opened before the books or after', async () => {
  const fixture = await openFixture()
  await fill(fixture, 'A', 4)
  const view = await fixture.store.view(countingView)
  expect(view.all(rows)).toEqual([{ organization: 'A', key: 'L0', entries: 2 }, { organization: 'A', key: 'L1', entries: 1 }, { organization: 'A', key: 'L2', entries: 1 }])
  await fill(fixture, 'B', 1)
  expect(view.get('SELECT count(*) AS n FROM record WHERE organization = ?', 'B')).toEqual({ n: 1 })
  const payments = await fixture.store.book({ kind: 'payment', organization: 'A' })
  await payments.append(loanDraft('P1'))
  expect(view.get('SELECT sum(entries) AS n FROM record')).toEqual({ n: 5 })
  expect(await fixture.store.compareView('counting')).toEqual([])
  await fixture.close()
})

test('it goes on where it was after reopening, and is built anew when its version or schema changed', async () => {
  const fixture = await openFixture()
  await fixture.store.view(countingView)
  await fill(fixture, 'A', 5)
  await fixture.close()
  let applied = 0
  const watched = { ...countingView, apply: (...values: Parameters<typeof countingView.apply>) => { applied += 1; countingView.apply(...values) } }
  for (const [definition, times] of [[watched, 0], [{ ...watched, version: 2 }, 5], [{ ...watched, version: 2 }, 0], [{ ...watched, version: 2, schema: `${watched.schema}; CREATE INDEX by_key ON record (key)` }, 5]] as const) {
    applied = 0
    const again = await openFixture(fixture.directory)
    await again.store.book({ kind: 'loan', organization: 'A' })
    const view = await again.store.view(definition)
    expect(applied).toBe(times)
    expect(view.get('SELECT sum(entries) AS n FROM record')).toEqual({ n: 5 })
    await again.close()
  }
})

test('what a crash took from a view is caught up, also when the view opens before its book', async () => {
  const fixture = await openFixture()
  await fill(fixture, 'A', 3)
  await fixture.close()
  const again = await openFixture(fixture.directory)
  const view = await again.store.view(countingView)
  expect(view.all(rows)).toEqual([])
  await again.store.book({ kind: 'loan', organization: 'A' })
  expect(view.get('SELECT sum(entries) AS n FROM record')).toEqual({ n: 3 })
  await again.close()
})

test.each([
  ['a changed row', `UPDATE record SET entries = 9 WHERE key = 'L1'`, ['extra', 'missing']],
  ['a missing row', `DELETE FROM record WHERE key = 'L1'`, ['missing']],
  ['a row too many', `INSERT INTO record VALUES ('A', 'L9', 1, NULL)`, ['extra']],
  ['a table too many', 'CREATE TABLE other (a TEXT)', ['extra']],
] as const)('%s planted in the file is found by comparing with a rebuild, and a rebuild mends it', async (_, sql, sides) => {
  const fixture = await openFixture()
  await fixture.store.view(countingView)
  await fill(fixture, 'A', 6)
  await fixture.close()
  const db = new DatabaseSync(join(fixture.directory, 'index', 'views', 'counting.db'))
  db.exec(sql)
  db.close()
  const again = await openFixture(fixture.directory)
  await again.store.book({ kind: 'loan', organization: 'A' })
  await again.store.view(countingView)
  const differences = await again.store.compareView('counting')
  expect(differences.map(difference => difference.side)).toEqual(sides)
  expect(differences[0]?.view).toBe('counting')
  await again.store.rebuildView('counting')
  expect(await again.store.compareView('counting')).toEqual([])
  expect(readdirSync(join(fixture.directory, 'index', 'views')).filter(name => name.startsWith('.'))).toEqual([])
  await again.close()
})

test('a stale view, one that lacks the last entries, is found', async () => {
  const fixture = await openFixture()
  await fixture.store.view(countingView)
  await fill(fixture, 'A', 3)
  await fixture.close()
  const file = join(fixture.directory, 'index', 'views', 'counting.db')
  const old = new DatabaseSync(file)
  const before = old.prepare('SELECT * FROM record').all()
  old.close()
  const second = await openFixture(fixture.directory)
  await second.store.view(countingView)
  await fill(second, 'A', 3)
  await second.close()
  const db = new DatabaseSync(file)
  db.exec('DELETE FROM record')
  for (const row of before) db.prepare('INSERT INTO record VALUES (?, ?, ?, ?)').run(row['organization'] ?? null, row['key'] ?? null, row['entries'] ?? null, row['did'] ?? null)
  db.close()
  const third = await openFixture(fixture.directory)
  await third.store.book({ kind: 'loan', organization: 'A' })
  await third.store.view(countingView)
  expect((await third.store.compareView('counting')).length).toBeGreaterThan(0)
  await third.close()
})

test('a view file that is damaged is built anew', async () => {
  const fixture = await openFixture()
  await fixture.store.view(countingView)
  await fill(fixture, 'A', 3)
  await fixture.close()
  writeFileSync(join(fixture.directory, 'index', 'views', 'counting.db'), 'this is no database, whoever may have put it here')
  const again = await openFixture(fixture.directory)
  await again.store.book({ kind: 'loan', organization: 'A' })
  expect((await again.store.view(countingView)).get('SELECT sum(entries) AS n FROM record')).toEqual({ n: 3 })
  await again.close()
})

test('a view whose apply throws has failed, by name: the entry stands, reading the view is refused, a mended one catches up', async () => {
  const fixture = await openFixture()
  const book = await fixture.store.book(loan)
  let broken = true
  const view = await fixture.store.view({ ...countingView, apply: (db, entry) => {
    countingView.apply(db, entry)
    if (broken && entry.key === 'L1') throw new Error('mended later')
  } })
  await book.append(loanDraft('L0'))
  expect(await book.append(loanDraft('L1'))).toMatchObject({ seq: 2 })
  expect(() => view.all(rows)).toThrow(/VIEW_FAILED/)
  expect(fixture.store.health()).toMatchObject({ ok: false, problems: [{ code: 'VIEW_FAILED', of: 'counting' }] })
  await book.append(loanDraft('L2'))
  await fixture.store.rebuildView('counting')
  expect(fixture.store.health().ok).toBe(false)
  expect((await fixture.store.compareView('counting')).map(difference => difference.table)).toContain('*')
  broken = false
  await fixture.store.rebuildView('counting')
  expect(view.get('SELECT sum(entries) AS n FROM record')).toEqual({ n: 3 })
  expect(fixture.store.health().ok).toBe(true)
  await fixture.close()
})

test('a view is rebuilt while entries go on being appended, and misses none', async () => {
  const fixture = await openFixture()
  const view = await fixture.store.view(countingView)
  await fill(fixture, 'A', 30)
  const appending = fill(fixture, 'A', 200)
  await fixture.store.rebuildView('counting')
  await appending
  expect(view.get('SELECT sum(entries) AS n FROM record')).toEqual({ n: 230 })
  expect(await fixture.store.compareView('counting')).toEqual([])
  await fixture.close()
})

test('readers cannot write, and definitions are checked', async () => {
  const fixture = await openFixture()
  const view = await fixture.store.view(countingView)
  expect(() => view.all('DELETE FROM record')).toThrow(/VIEW_INVALID/)
  await expect(fixture.store.view(countingView)).rejects.toMatchObject({ code: 'VIEW_INVALID' })
  await expect(fixture.store.compareView('unknown')).rejects.toMatchObject({ code: 'VIEW_INVALID' })
  expect(() => defineView({ ...countingView, name: '../x' })).toThrow(/NAME_INVALID/)
  expect(() => defineView({ ...countingView, version: 0 })).toThrow(/VIEW_INVALID/)
  expect(() => defineView({ ...countingView, kinds: [] })).toThrow(/VIEW_INVALID/)
  await fixture.close()
})
