import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const name = 'lives'
export const about = 'Random lives of a project (capital, loans flat, with grace and ad-hoc, payments early, late, partial and stray, reversals, the close). After every step the accounts rest, and an auditor recomputes each state and posting from the events alone; at the end every account is zero.'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** `runs` lives of each of three kinds of loan, 1,500 unless told. */
export async function run({ seed = 1, runs = 1500 }: { readonly seed?: number; readonly runs?: number } = {}): Promise<{ lives: number; failures: string[] }> {
  const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'libs/ledger/src/world.test.ts', '--testTimeout=3600000'], {
    cwd: root,
    env: { ...process.env, GROWR_LIVES: String(runs), GROWR_SEED: String(seed) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-20_000)))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { lives: 3 * runs, failures: code === 0 ? [] : [output.slice(-2000)] }
}
