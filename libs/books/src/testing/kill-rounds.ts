import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { BookStore } from '../store.ts'
import { verifyBook } from '../verify.ts'
import { countingView } from './counting-view.ts'
import { storeOptions } from './fixture.ts'
import { testKeys } from './keys.ts'

export interface KillResult {
  readonly rounds: number
  readonly acknowledged: number
  /** Entries that the book holds in the end, unacknowledged ones among them. */
  readonly entries: number
  /** What went wrong, by round; empty when all held. */
  readonly failures: readonly string[]
}

/** Numbers from 0 to 1 out of a seed (mulberry32): a failing run can be repeated. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Starts the child on a store, and kills it (-9) after so many acknowledgements; answers what it had acknowledged. */
async function killAfter(directory: string, run: number, acknowledgements: number): Promise<Map<string, number>> {
  const script = fileURLToPath(new URL('./kill-child.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@growr/source', script, directory, String(run)], { stdio: ['ignore', 'pipe', 'pipe'] })
  const acknowledged = new Map<string, number>()
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => { errors += chunk.toString() })
  const ended = new Promise<NodeJS.Signals | null>(resolve => { child.once('close', (_, signal) => resolve(signal)) })
  for await (const line of createInterface({ input: child.stdout })) {
    const [id, seq] = line.split(' ')
    if (id === undefined || seq === undefined) continue
    acknowledged.set(id, Number(seq))
    if (acknowledged.size === acknowledgements) child.kill('SIGKILL')
  }
  if (await ended !== 'SIGKILL') throw new Error(`the child ended by itself: ${errors}`)
  return acknowledged
}

/** Opens what the killed child left, and looks for everything it had acknowledged. */
async function check(directory: string, acknowledged: ReadonlyMap<string, number>): Promise<{ entries: number; failures: string[] }> {
  const failures: string[] = []
  const keys = await testKeys(directory)
  const store = await BookStore.open(storeOptions(directory, keys))
  const book = await store.book({ kind: 'loan', organization: 'COMSA' })
  await store.view(countingView)
  if (book.refusal !== null) failures.push(book.refusal.message)
  for (const [id, seq] of acknowledged) {
    const found = await book.findRequest('loan.applyForLoan', { id, caller: 'child', params: { id } })
    if (found?.length !== 1 || found[0]?.seq !== seq) failures.push(`${id} was acknowledged as ${seq} and is ${found?.map(entry => entry.seq).join(',') ?? 'lost'}`)
  }
  const verification = await verifyBook(book)
  failures.push(...verification.findings.map(finding => `${finding.code} at ${finding.seq}: ${finding.message}`))
  failures.push(...(await store.compareView('counting')).map(difference => `the view differs: ${difference.side} ${difference.row}`))
  await store.close()
  await keys.close()
  return { entries: verification.entries, failures }
}

/** Kills a writer under load again and again, on one store, and checks it each time: nothing lost, nothing doubled. */
export async function killRounds(options: { readonly directory: string; readonly rounds: number; readonly seed: number; readonly most?: number }): Promise<KillResult> {
  const random = seeded(options.seed)
  const all = new Map<string, number>()
  const failures: string[] = []
  let entries = 0
  for (let round = 0; round < options.rounds; round++) {
    const acknowledged = await killAfter(options.directory, round, 1 + Math.floor(random() * (options.most ?? 800)))
    for (const [id, seq] of acknowledged) all.set(id, seq)
    // Every round against the whole past would take ever longer: this round each time, everything at the end.
    const result = await check(options.directory, round === options.rounds - 1 ? all : acknowledged)
    entries = result.entries
    failures.push(...result.failures.map(failure => `round ${round}: ${failure}`))
  }
  return { rounds: options.rounds, acknowledged: all.size, entries, failures }
}
