import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What lint says of files laid out as in this repository: `path: rule`, sorted. */
function lint(files: Record<string, string>): string[] {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'growr lint ')))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    const oxlint = join(root, 'node_modules/oxlint/bin/oxlint')
    const args = [oxlint, '--deny-warnings', '--format=json', '--no-ignore', '-c', join(root, '.oxlintrc.json'), '.']
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
    if (!stdout.startsWith('{')) throw new Error(`${stdout}\n${stderr}`)
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] }
    return diagnostics.map(({ code, filename }) => `${filename}: ${code}`).sort()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const imports = (source: string): string => `import { thing } from '${source}'\nexport const other = thing\n`

test('each forbidden import is refused by the rule on imports', () => {
  const planted: [path: string, text: string][] = [
    ['libs/money/src/a.ts', imports('node:fs')],
    ['libs/money/src/b.ts', imports('@growr/lending')],
    ['libs/lending/src/a.ts', imports('@growr/ledger')],
    ['libs/lending/src/b.ts', imports('@growr/books')],
    ['libs/lending/src/c.ts', imports('fs')],
    ['libs/ledger/src/a.ts', imports('zod')],
    ['libs/ledger/src/deep/b.ts', "export const later = (): Promise<unknown> => import('node:net')\n"],
    ['libs/ledger/src/c.ts', "export { thing } from '@growr/contracts'\n"],
    ['libs/ledger/src/d.ts', "export * from '@growr/contracts'\n"],
    ['libs/ledger/src/e.ts', "export type Thing = import('@growr/contracts').Thing\n"],
    ['libs/money/src/a.test.ts', imports('node:net')],
    ['libs/books/src/a.ts', imports('@growr/financing')],
    ['libs/books/src/b.ts', imports('../../keys/src/index.ts')],
    ['libs/books/src/c.ts', imports('../../../apps/financing/src/index.ts')],
    ['libs/books/src/d.ts', imports('@growr/journey')],
    ['apps/access/src/a.ts', imports('@growr/identity')],
    ['apps/identity/src/user/b.ts', imports('@growr/access/deep')],
    ['apps/payment/src/a.ts', imports('../../financing/src/group.ts')],
    ['apps/payment/src/b.ts', "const thing: unknown = require('@growr/financing')\nexport const other = thing\n"],
    ['apps/node/src/a.ts', imports('../../access/src/index.ts')],
    ['apps/payment/src/c.ts', imports('@growr/journey')],
  ]
  expect(lint(Object.fromEntries(planted))).toEqual(planted.map(([path]) => `${path}: growr(imports)`).sort())
})

test('what is allowed passes', () => {
  expect(lint({
    'libs/lending/src/a.ts': imports('@growr/money'),
    'libs/ledger/src/a.ts': imports('@growr/lending'),
    'libs/ledger/src/deep/b.ts': imports('../a.ts'),
    'libs/ledger/src/a.test.ts': imports('fast-check'),
    'libs/books/src/a.ts': imports('node:fs'),
    'libs/books/bench/a.ts': imports('../src/index.ts'),
    'apps/financing/src/loan/a.ts': imports('@growr/lending') + "export { more } from '../group.ts'\n",
    'apps/node/src/a.ts': imports('@growr/financing'),
    'apps/node/src/b.ts': imports('@growr/journey'),
    'tools/journey/src/a.ts': imports('@growr/node'),
  })).toEqual([])
})

test('modules that import one another in a ring are refused', () => {
  const found = lint({
    'libs/books/src/a.ts': imports('./b.ts').replace('thing', 'other as thing'),
    'libs/books/src/b.ts': imports('./a.ts').replace('thing', 'other as thing'),
  })
  expect(found).toContain('libs/books/src/a.ts: import(no-cycle)')
})

test('numbers, clocks and chance are refused in the domain, and only there', () => {
  const bad = {
    number: 'export const f = (x: string): number => Number(x)\n',
    parse: 'export const f = (x: string): number => parseFloat(x)\n',
    fixed: 'export const f = (x: number): string => x.toFixed(2)\n',
    now: 'export const f = (): number => Date.now()\n',
    date: 'export const f = (): Date => new Date()\n',
    random: 'export const f = (): number => Math.random()\n',
    fetch: "export const f = (): Promise<unknown> => fetch('http://127.0.0.1')\n",
    env: 'export const f = (): unknown => process.env\n',
  }
  const inPackage = (name: string) => Object.fromEntries(Object.entries(bad).map(([key, text]) => [`libs/${name}/src/${key}.ts`, text]))
  for (const name of ['money', 'lending', 'ledger']) {
    expect(lint(inPackage(name))).toEqual(Object.keys(inPackage(name)).map((path) => `${path}: growr(domain)`).sort())
  }
  expect(lint(inPackage('runtime'))).toEqual([])
  expect(lint({ 'libs/lending/src/dates.ts': bad.number, 'libs/money/src/a.test.ts': bad.number })).toEqual([])
})

test('a promise that nobody awaits is refused', () => {
  const tsconfig = JSON.stringify({ compilerOptions: { strict: true, target: 'es2024', module: 'nodenext' } })
  const work = 'const work = async (): Promise<void> => undefined\nexport function f(): void {\n  '
  expect(lint({ 'tsconfig.json': tsconfig, 'libs/books/src/a.ts': `${work}work()\n}\n`, 'libs/books/src/b.ts': `${work}void work()\n}\n` })).toEqual([
    'libs/books/src/a.ts: typescript(no-floating-promises)',
  ])
})
