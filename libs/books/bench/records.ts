// Loans as a service would append them.
import { randomBytes } from 'node:crypto'
import { personalDraft } from '../src/testing/fixture.ts'
import type { Book } from '../src/index.ts'

/** Keys as services make them: time first, then chance, some in one millisecond. */
export const makeKeys = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `01K${Math.floor(i / 8).toString(36).padStart(8, '0').toUpperCase()}${randomBytes(8).toString('hex')}`)

/** The same keys, each once, in an order that has nothing to do with theirs. */
export function scatter(keys: readonly string[]): string[] {
  const mixed = [...keys]
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = randomBytes(6).readUIntBE(0, 6) % (i + 1)
    const here = mixed[i]
    mixed[i] = mixed[j] ?? ''
    mixed[j] = here ?? ''
  }
  return mixed
}

const instalments = Array.from({ length: 6 }, (_, i) => ({ number: i + 1, due: `2026-0${i + 4}-01`, principal: '333333', interest: '30000', paid: '0' }))

/** Callers, each of whom looks up the record and appends to it, the next as soon as its last is acknowledged. Answers appends a second. */
export async function appendAll(book: Book, keys: readonly string[], inFlight: number, round: string, persons = 5_000): Promise<number> {
  let next = 0
  const started = performance.now()
  await Promise.all(Array.from({ length: inFlight }, async () => {
    while (next < keys.length) {
      const i = next++
      const key = keys[i] ?? ''
      const prior = await book.get(key)
      const did = `did:key:zBorrower${i % persons}`
      await book.append({
        ...personalDraft(key, did), state: { status: 'APPROVED', owed: '2180000', round, instalments, subject: { userDid: did } },
        request: { id: `${round}-${key}`, caller: 'user-ana', params: { project: 'P1', amount: '20000.00', months: 6 } }, expectedSeq: prior?.seq ?? 0,
      })
    }
  }))
  return keys.length / (performance.now() - started) * 1_000
}
