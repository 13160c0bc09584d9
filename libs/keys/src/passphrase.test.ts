import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { resolvePassphrase, type PassphraseOptions } from './passphrase.ts'
import { codeOf, makeDirectory, removeDirectory } from './testing.ts'

let directory: string
let options: PassphraseOptions

beforeEach(() => {
  directory = makeDirectory()
  mkdirSync(join(directory, 'data'))
  options = {
    group: 'identity', environment: {}, file: join(directory, 'config', 'passphrase'), dataDirectory: join(directory, 'data'),
    production: false, custodyFiles: [join(directory, 'data', 'keys.json')],
  }
})

afterEach(() => removeDirectory(directory))

describe('the pass phrase', () => {
  it('is taken from the environment first, the group\'s own before the common one', () => {
    const environment = { GROWR_PASSPHRASE: 'the common pass phrase', GROWR_IDENTITY_PASSPHRASE: 'the pass phrase of identity' }
    expect(resolvePassphrase({ ...options, environment })).toEqual({ passphrase: 'the pass phrase of identity', source: 'environment' })
    expect(resolvePassphrase({ ...options, environment, group: 'payment' }).passphrase).toBe('the common pass phrase')
  })

  it('is made up once, outside the data, readable by its owner only', () => {
    const made = resolvePassphrase(options)
    expect(made.source).toBe('made-up')
    expect(made.passphrase).toMatch(/^([a-z2-9]{4}-){5}[a-z2-9]{4}$/)
    expect(statSync(options.file).mode & 0o777).toBe(0o600)
    expect(resolvePassphrase(options)).toEqual({ passphrase: made.passphrase, source: 'file', file: options.file })
    expect(readFileSync(options.file, 'utf8')).toBe(`${made.passphrase}\n`)
    chmodSync(options.file, 0o644)
    resolvePassphrase(options)
    expect(statSync(options.file).mode & 0o777).toBe(0o600)
  })

  it('is never made up in production, nor where there are keys that need the lost one', async () => {
    expect(await codeOf(() => resolvePassphrase({ ...options, production: true }))).toBe('PASSPHRASE_REQUIRED')
    writeFileSync(options.custodyFiles[0] ?? '', '{}')
    expect(await codeOf(() => resolvePassphrase(options))).toBe('PASSPHRASE_REQUIRED')
    const given = { GROWR_PASSPHRASE: 'the common pass phrase' }
    expect(resolvePassphrase({ ...options, production: true, environment: given }).source).toBe('environment')
  })

  it('does not lie in the data directory, by a link neither, and is no short word', async () => {
    expect(await codeOf(() => resolvePassphrase({ ...options, file: join(directory, 'data', 'passphrase') }))).toBe('PASSPHRASE_IN_DATA')
    symlinkSync(join(directory, 'data'), join(directory, 'link'))
    expect(await codeOf(() => resolvePassphrase({ ...options, file: join(directory, 'link', 'passphrase') }))).toBe('PASSPHRASE_IN_DATA')
    expect(resolvePassphrase({ ...options, file: join(directory, 'data-passphrase') }).source).toBe('made-up')
    writeFileSync(join(directory, 'weak'), 'secret\n', { mode: 0o600 })
    expect(await codeOf(() => resolvePassphrase({ ...options, file: join(directory, 'weak') }))).toBe('PASSPHRASE_TOO_SHORT')
    writeFileSync(join(directory, 'big'), 'x'.repeat(9000), { mode: 0o600 })
    expect(await codeOf(() => resolvePassphrase({ ...options, file: join(directory, 'big') }))).toBe('PASSPHRASE_REQUIRED')
  })
})
