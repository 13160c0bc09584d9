import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { killRounds, type KillResult } from '../src/testing/kill-rounds.ts'

export const name = 'book-kills'
export const about = 'A process that appends to a book is killed with SIGKILL after a number of acknowledgements that the seed decides, and the book is opened again. Nothing acknowledged may be lost, nothing doubled.'

/** `runs` kills of one book, 200 unless told. */
export async function run({ seed = 1, runs = 200 }: { readonly seed?: number; readonly runs?: number } = {}): Promise<KillResult> {
  const directory = await mkdtemp(join(tmpdir(), 'growr-book-kills-'))
  try {
    return await killRounds({ directory, rounds: runs, seed })
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
