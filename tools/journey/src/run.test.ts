import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runJourney } from './run.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const people = 'people: { olga: { role: NODE_OPERATOR }, ana: { role: ORIGINATOR_ADMIN, organization: COMSA, email: ana@comsa.example } }'
const journey = (steps: string): string => `name: one step\nstart: 2026-03-01\n${people}\nsteps:\n${steps}\n`

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'growr-run-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text)
  return join(folder, name)
}

describe('a journey on a node of its own', () => {
  test('that the documentation shows plays as it stands', async () => {
    const documentation = await readFile(fileURLToPath(new URL('../../../docs/journeys.md', import.meta.url)), 'utf8')
    const example = /```yaml\n(name: [^]*?)```/.exec(documentation)?.[1] as string
    const report = await runJourney(await file('documented.yaml', example))
    expect(report).toMatchObject({ ok: true, failure: null, findings: [], kept: null })
    // Nothing is left behind.
    expect(existsSync(report.data)).toBe(false)
    expect(report.evidence).toMatchObject({ references: new Set(['OWN-1', 'OUT-1']), claims: [{ level: 2 }] })
  })

  test('leaves its directory, for its owner alone, when a step fails', async () => {
    const report = await runJourney(await file('bad.yaml', journey('  - { who: ana, query: organization, with: { id: $organizations.COMSA }, expect: { name: ACME } }')))
    expect(report).toMatchObject({ ok: false, failure: { code: 'STEP_FAILED', message: 'line 5: ana: organization: name: expected "ACME", got "COMSA"' } })
    const kept = report.kept as string
    expect(statSync(kept).mode & 0o777).toBe(0o700)
    expect(statSync(join(kept, 'passphrase')).mode & 0o777).toBe(0o600)
    expect((await readFile(join(kept, 'passphrase'), 'utf8')).trim()).toBe(report.passphrase)
    await rm(kept, { recursive: true })
  })

  test('that balances otherwise than it says fails', async () => {
    const report = await runJourney(await file('unbalanced.yaml', `${journey('  - { note: nothing happens }')}balances: { Coffee: { cash: "0.00" } }\n`))
    expect(report).toMatchObject({ ok: false, failure: { message: 'no organization of the journey has a project "Coffee"' } })
    await rm(report.kept as string, { recursive: true })
  })
})

describe('the command', () => {
  const run = (...args: string[]): { code: number | null; out: string; err: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', '--conditions=@growr/source', main, ...args], { encoding: 'utf8' })
    return { code: status, out: stdout, err: stderr }
  }

  test('names a file that is not there, and an option that it does not have', () => {
    expect(run('nowhere.yaml')).toMatchObject({ code: 2, err: expect.stringMatching(/JOURNEY_INVALID: there is no file .*nowhere.yaml/) as string })
    expect(run('--loud')).toMatchObject({ code: 2, err: expect.stringMatching(/no option --loud/) as string })
    expect(run('--help')).toMatchObject({ code: 0, out: expect.stringMatching(/--json/) as string })
  })

  test('names what is wrong with a file, line by line, without starting a node', async () => {
    const bad = await file('invalid.yaml', journey('  - { who: anna, query: me }\n  - { who: ana, query: me, shout: true }').replace('name: one step', 'name: one step'))
    expect(run(bad)).toMatchObject({ code: 1, out: expect.stringMatching(/JOURNEY_INVALID: .*invalid.yaml is not a journey\n  line 6: steps.1: unknown key "shout"/) as string })
    const { code, out } = run(bad, '--json')
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({ event: 'invalid', code: 'JOURNEY_INVALID', findings: ['line 6: steps.1: unknown key "shout"'] })
  })
})
