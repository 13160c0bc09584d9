import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { exampleOf, lookAt } from './pack-check.mjs'

let folder = ''
const manifest = {
  name: '@growr/thing', version: '1.0.0', type: 'module', license: 'MIT', files: ['dist'],
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
  dependencies: { declared: '1.0.0' },
}
function put(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'growr pack '))
  put('package.json', JSON.stringify(manifest))
  put('README.md', '# thing')
  put('dist/index.js', "import 'declared/deep'\nimport 'node:fs'\nimport 'path'\nexport { a } from './a.js'\n")
  put('dist/a.js', 'export const a = 1\n')
  put('dist/index.d.ts', 'export declare const a: number\n')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a pack that is right passes', async () => {
  expect(await lookAt(folder)).toEqual([])
})

test.each<[string, () => void, RegExp]>([
  ['a test', () => put('dist/a.test.js', ''), /^not for a pack: dist\/a\.test\.js/],
  ['helpers of tests', () => put('dist/testing/help.js', ''), /^not for a pack/],
  ['settings with secrets', () => put('.env', ''), /^not for a pack: \.env/],
  ['an import that is not declared', () => put('dist/a.js', "export const a = await import('@scope/other/deep')\n"), /^dist\/a\.js imports @scope\/other, /],
  ['no README', () => rmSync(join(folder, 'README.md')), /^lacks README\.md/],
  ['no types', () => rmSync(join(folder, 'dist/index.d.ts')), /index\.d\.ts/],
  ['an export that leads nowhere', () => put('package.json', JSON.stringify({ ...manifest, exports: { './x': './dist/none.js' } })), /^publint: .*dist\/none\.js/],
])('%s is found', async (_name, plant, expected) => {
  plant()
  expect((await lookAt(folder)).some((problem) => expected.test(problem))).toBe(true)
})

test('the example is the block that is marked so, else the first that imports the package', () => {
  const first = "```ts\nimport { a } from '@growr/thing'\n```\n"
  const other = "```ts\nimport { a } from '@growr/things'\n```\n```sh\nimport '@growr/thing'\n```\n"
  expect(exampleOf(`${other}${first}`, '@growr/thing')).toMatchObject({ language: 'ts', code: "import { a } from '@growr/thing'\n" })
  expect(exampleOf(`${first}\n\`\`\`js example\none()\n\`\`\`\n`, '@growr/thing')).toMatchObject({ language: 'js', code: 'one()\n' })
  expect(exampleOf(other, '@growr/thing')).toBeUndefined()
})
