import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BookStore } from './store.ts'
import { loanDraft, openFixture, storeOptions, temporaryDirectory } from './testing/fixture.ts'
import { testKeys } from './testing/keys.ts'
import { verifyBook } from './verify.ts'

const loan = { kind: 'loan', organization: 'COMSA' }

async function withEntries(count: number, directory?: string): Promise<string> {
  const fixture = await openFixture(directory)
  const book = await fixture.store.book(loan)
  for (let i = 0; i < count; i++) await book.append(loanDraft(`L${i}`))
  await fixture.close()
  return fixture.directory
}

const mark = (directory: string): string => join(directory, 'marks', 'loan.COMSA.json')

test('a second writer is kept out, in this process and in another', async () => {
  const fixture = await openFixture()
  const keys = await testKeys(temporaryDirectory())
  await expect(BookStore.open(storeOptions(fixture.directory, keys))).rejects.toMatchObject({ code: 'STORE_LOCKED' })
  const script = new URL('./testing/kill-child.ts', import.meta.url).pathname
  const other = temporaryDirectory()
  cpSync(join(fixture.directory, 'keys'), join(other, 'keys'), { recursive: true })
  const program = `import { BookStore } from ${JSON.stringify(script.replace('testing/kill-child.ts', 'store.ts'))}
    import { storeOptions } from ${JSON.stringify(script.replace('kill-child.ts', 'fixture.ts'))}
    import { testKeys } from ${JSON.stringify(script.replace('kill-child.ts', 'keys.ts'))}
    BookStore.open(storeOptions(${JSON.stringify(fixture.directory)}, await testKeys(${JSON.stringify(other)}))).then(() => console.log('opened'), error => console.log(error.code)).then(() => process.exit())`
  const child = spawnSync(process.execPath, ['--conditions=@growr/source', '--input-type=module', '-e', program], { encoding: 'utf8' })
  expect(child.stdout.trim(), child.stderr).toBe('STORE_LOCKED')
  await keys.close()
  await fixture.close()
})

test('a closed book has its mark at its end: length and tree hash', async () => {
  const directory = await withEntries(3)
  const fixture = await openFixture(directory)
  const book = await fixture.store.book(loan)
  expect(JSON.parse(readFileSync(mark(directory), 'utf8'))).toEqual({
    v: 1, book: 'loan.COMSA', core: Buffer.from(book.core.key).toString('hex'), length: 4, treeHash: Buffer.from(await book.core.treeHash()).toString('hex'),
  })
  await fixture.close()
})

test('a back-up that was restored is behind its mark: it can be read and must not be written', async () => {
  const directory = await withEntries(3)
  const backup = join(temporaryDirectory(), 'store')
  cpSync(join(directory, 'store'), backup, { recursive: true })
  await withEntries(2, directory)
  rmSync(join(directory, 'store'), { recursive: true })
  cpSync(backup, join(directory, 'store'), { recursive: true })
  const fixture = await openFixture(directory)
  const book = await fixture.store.book(loan)
  expect(book.refusal).toMatchObject({ code: 'BOOK_BEHIND_MARK', details: { length: 4, mark: 6 } })
  await expect(book.append(loanDraft('L9'))).rejects.toMatchObject({ code: 'BOOK_BEHIND_MARK' })
  expect((await book.get('L1'))?.seq).toBe(2)
  expect(fixture.store.health()).toMatchObject({ ok: false, problems: [{ code: 'BOOK_BEHIND_MARK', of: 'loan.COMSA' }] })
  expect((await verifyBook(book)).findings.map(finding => finding.code)).toEqual(['MARK_AHEAD'])
  // It stays so: opening does not move the mark back, nor does asking to adopt it.
  expect((await fixture.store.book({ ...loan, adopt: true })).refusal?.code).toBe('BOOK_BEHIND_MARK')
  await fixture.close()
  const again = await openFixture(directory)
  expect((await again.store.book(loan)).refusal?.code).toBe('BOOK_BEHIND_MARK')
  await again.close()
})

test('a store that is gone altogether is behind its mark, too', async () => {
  const directory = await withEntries(2)
  rmSync(join(directory, 'store'), { recursive: true })
  const fixture = await openFixture(directory)
  expect((await fixture.store.book(loan)).refusal?.code).toBe('BOOK_BEHIND_MARK')
  await fixture.close()
})

test.each([['missing', () => undefined], ['unreadable', () => '{"v":1']])('a book whose mark is %s is written again only when an operator adopts it', async (_, text) => {
  const directory = await withEntries(3)
  rmSync(mark(directory))
  const left = text()
  if (left !== undefined) writeFileSync(mark(directory), left)
  const fixture = await openFixture(directory)
  const book = await fixture.store.book(loan)
  await expect(book.append(loanDraft('L9'))).rejects.toMatchObject({ code: 'BOOK_WITHOUT_MARK' })
  await fixture.store.book({ ...loan, adopt: true })
  expect(await book.append(loanDraft('L9'))).toMatchObject({ seq: 4 })
  await fixture.close()
  const again = await openFixture(directory)
  expect((await again.store.book(loan)).refusal).toBeNull()
  await again.close()
})

test('a book with another past than its mark has forked', async () => {
  const directory = await withEntries(3)
  const other = await withEntries(5)
  rmSync(join(directory, 'store'), { recursive: true })
  cpSync(join(other, 'store'), join(directory, 'store'), { recursive: true })
  const fixture = await openFixture(directory)
  // Entries are sealed with fresh nonces, so the same drafts make another book.
  expect((await fixture.store.book(loan)).refusal?.code).toBe('BOOK_FORKED')
  await fixture.close()
})

test('a folder that was moved, or copied with its marks, opens and is written', async () => {
  const directory = await withEntries(2)
  const moved = join(temporaryDirectory(), 'moved here')
  cpSync(directory, moved, { recursive: true })
  const fixture = await openFixture(moved)
  expect(await (await fixture.store.book(loan)).append(loanDraft('L9'))).toMatchObject({ seq: 3 })
  await fixture.close()
})

test('an index that is gone, damaged or of another book is built again', async () => {
  const directory = await withEntries(5)
  const index = join(directory, 'index', 'loan.COMSA.db')
  const other = await withEntries(9)
  for (const spoil of [() => rmSync(index), () => writeFileSync(index, 'not a database at all, but long enough to be looked at'), () => cpSync(join(other, 'index', 'loan.COMSA.db'), index)]) {
    spoil()
    const fixture = await openFixture(directory)
    const book = await fixture.store.book(loan)
    expect([book.seq, (await book.get('L4'))?.seq, await book.get('L8'), (await verifyBook(book)).findings]).toEqual([5, 5, null, []])
    await fixture.close()
  }
})

test('without its writer\'s key pair nothing can be appended, and the pair is not in the store', async () => {
  const directory = await withEntries(2)
  const fixture = await openFixture(directory)
  const book = await fixture.store.book(loan)
  expect(book.core.writable).toBe(false)
  await fixture.close()
})

test('names that are no names are refused', async () => {
  const fixture = await openFixture()
  for (const name of [{ kind: 'Loan', organization: 'A' }, { kind: 'loan', organization: '../A' }, { kind: 'loan', organization: '' }, { kind: 'loan.x', organization: 'A' }]) {
    await expect(fixture.store.book(name)).rejects.toMatchObject({ code: 'NAME_INVALID' })
  }
  await fixture.close()
})
