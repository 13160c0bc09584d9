// Appends without end and says on standard output what was acknowledged, until it is killed.
import { writeSync } from 'node:fs'
import { BookStore } from '../store.ts'
import { testKeys } from './keys.ts'
import { personalDraft, storeOptions } from './fixture.ts'
import { countingView } from './counting-view.ts'

const [directory, run, inFlight] = process.argv.slice(2)
if (directory === undefined || run === undefined) throw new Error('usage: kill-child DIRECTORY RUN [IN-FLIGHT]')

const keys = await testKeys(directory)
const store = await BookStore.open({ ...storeOptions(directory, keys), clock: { now: () => new Date() } })
const book = await store.book({ kind: 'loan', organization: 'COMSA' })
await store.view(countingView)
let next = 0

async function work(): Promise<void> {
  while (true) {
    const id = `${run}-${next++}`
    const entry = await book.append(personalDraft(`record-${next % 50}`, `did:key:z${next % 7}`, { request: { id, caller: 'child', params: { id } } }))
    writeSync(1, `${id} ${entry.seq}\n`)
  }
}

await Promise.all(Array.from({ length: Number(inFlight ?? 32) }, work))
