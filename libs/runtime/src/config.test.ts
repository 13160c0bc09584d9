import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type ConfigSources, configKeys, ConfigError, loadConfig, Secret, secret } from './index.ts'

const schema = z.object({
  data: z.string().default('.data').describe('where the data lies'),
  demo: z.boolean().default(false),
  api: z.object({
    port: z.number().int().min(0).max(65535).default(4000),
    maxDepth: z.number().int().default(12),
    origins: z.array(z.string()).default([]),
  }).prefault({}),
  passphrase: secret(12).optional(),
  smtp: z.object({ url: z.string(), password: secret() }).optional(),
  level: z.enum(['info', 'debug']).default('info'),
})

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'growr-config-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function file(content: unknown, mode = 0o600): string {
  const path = join(folder, 'growr.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content), { mode })
  chmodSync(path, mode)
  return path
}

function problems(sources: ConfigSources): string[] {
  try {
    loadConfig(schema, sources)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    expect(error.code).toBe('CONFIG_INVALID')
    return error.problems.map(({ path, source, message }) => `${path} | ${source.replace(folder, '')} | ${message}`)
  }
  return []
}

describe('sources', () => {
  test('defaults, then the file, then the environment, then the arguments', () => {
    const path = file({ data: '/from/file', api: { port: 1, maxDepth: 2 } })
    const config = loadConfig(schema, { file: path, env: { GROWR_API_PORT: '3', GROWR_API_MAX_DEPTH: '4', HOME: '/x' }, args: ['--api.max-depth', '5', '--demo'] })
    expect(config).toMatchObject({ data: '/from/file', demo: true, api: { port: 3, maxDepth: 5, origins: [] }, level: 'info' })
  })

  test('lists, switches and attached values are read from words', () => {
    expect(loadConfig(schema, { env: { GROWR_API_ORIGINS: 'https://a.example, https://b.example' } }).api.origins).toEqual(['https://a.example', 'https://b.example'])
    expect(loadConfig(schema, { env: { GROWR_API_ORIGINS: '["x,y"]' } }).api.origins).toEqual(['x,y'])
    expect(loadConfig(schema, { args: ['--demo', '--data=a=b'] })).toMatchObject({ demo: true, data: 'a=b' })
    expect(loadConfig(schema, { args: ['--demo', 'false'] }).demo).toBe(false)
  })

  test('a secret may lie in a file of its own', () => {
    const path = join(folder, 'pass')
    writeFileSync(path, 'correct horse battery\n')
    expect(loadConfig(schema, { env: { GROWR_PASSPHRASE_FILE: path } }).passphrase?.reveal()).toBe('correct horse battery')
    expect(problems({ env: { GROWR_PASSPHRASE_FILE: join(folder, 'none') } })).toEqual(['passphrase | GROWR_PASSPHRASE_FILE | the file cannot be read (ENOENT)'])
  })
})

describe('refusals say which key, where it was given and what to do', () => {
  test.each<[string, ConfigSources, string[]]>([
    ['an unknown variable', { env: { GROWR_API_PROT: '1' } },
      ['GROWR_API_PROT | environment | there is no such setting; near it are GROWR_API_PORT, GROWR_API_MAX_DEPTH, GROWR_API_ORIGINS']],
    ['an unknown argument', { args: ['--apiport', '1'] }, ['apiport | --apiport | there is no such setting; see the list of settings in the README']],
    ['a stray word', { args: ['demo'] }, [' | arguments | an argument is --key value or --key=value']],
    ['no number', { env: { GROWR_API_PORT: 'http' } }, ['api.port | GROWR_API_PORT | must be a number']],
    ['a number out of range', { args: ['--api.port', '70000'] }, ['api.port | --api.port | Too big: expected number to be <=65535']],
    ['no switch', { env: { GROWR_DEMO: 'yes' } }, ['demo | GROWR_DEMO | must be true or false']],
    ['no value', { args: ['--data', '--demo'] }, ['data | --data | needs a value']],
    ['another choice', { env: { GROWR_LEVEL: 'loud' } }, ['level | GROWR_LEVEL | expected one of "info"|"debug"']],
    ['a secret as an argument', { args: ['--passphrase', 'hunter2hunter2'] },
      ['passphrase | --passphrase | a secret is seen by others as an argument: use GROWR_PASSPHRASE or GROWR_PASSPHRASE_FILE']],
    ['half of a group', { env: { GROWR_SMTP_URL: 'smtp://x' } }, ['smtp.password | GROWR_SMTP_PASSWORD | must be given (string)']],
  ])('%s', (_name, sources, expected) => {
    expect(problems(sources)).toEqual(expected)
  })

  test('in a file', () => {
    expect(problems({ file: file({ api: { prot: 1 }, dta: 'x' }) })).toEqual([
      'api.prot | /growr.json | there is no such setting; see the list of settings in the README',
      'dta | /growr.json | there is no such setting; see the list of settings in the README',
    ])
    expect(problems({ file: file({ api: { port: 'x' } }) })).toEqual(['api.port | /growr.json | expected number, received string'])
    expect(problems({ file: file({ api: 3 }) })).toEqual(['api | /growr.json | expected object, received number'])
    expect(problems({ file: file('{"__proto__": {"demo": true}}') })[0]).toMatch(/^__proto__ .* no such setting/)
    expect(problems({ file: file('[1]') })).toEqual([' | /growr.json | must be a JSON object'])
    expect(problems({ file: join(folder, 'none.json') })).toEqual([' | /none.json | the file cannot be read (ENOENT)'])
    expect(({} as Record<string, unknown>)['demo']).toBeUndefined()
  })

  test('all problems come at once', () => {
    expect(problems({ env: { GROWR_API_PORT: 'x', GROWR_DEMO: 'x' }, args: ['--none', '1'] })).toHaveLength(3)
  })

  test('a file with a secret that others may read', () => {
    expect(problems({ file: file({ passphrase: 'correct horse battery' }, 0o644) })).toEqual(["passphrase | /growr.json | a file with a secret must be its owner's alone: chmod 600"])
    expect(problems({ file: file({ passphrase: 'correct horse battery' }, 0o600) })).toEqual([])
    expect(problems({ file: file({ data: 'x' }, 0o644) })).toEqual([])
  })

  test('no refusal shows a value', () => {
    const shown = [
      ...problems({ file: file('{\n"passphrase": "hunter2hunter2" x') }),
      ...problems({ env: { GROWR_PASSPHRASE: 'hunter2' } }),
      ...problems({ args: ['--passphrase=hunter2hunter2'] }),
      ...problems({ file: file({ passphrase: { hunter2: 1 } }) }),
    ]
    expect(shown).toHaveLength(4)
    expect(shown[0]).toBe(' | /growr.json | not JSON: see line 2')
    expect(shown.join()).not.toContain('hunter2')
  })
})

test('a secret prints as such wherever it lands', () => {
  const config = loadConfig(schema, { env: { GROWR_PASSPHRASE: 'correct horse battery' } })
  expect(config.passphrase).toBeInstanceOf(Secret)
  expect(`${JSON.stringify(config)}${inspect(config, { depth: 9, showHidden: true })}${String(config.passphrase)}`).not.toContain('horse')
  expect(JSON.stringify({ passphrase: config.passphrase })).toBe('{"passphrase":"[secret]"}')
})

test('every key is known by path, name in the environment, kind and meaning', () => {
  expect(configKeys(schema).map((key) => `${key.path.join('.')} ${key.env} ${key.kind}${key.secret ? ' secret' : ''} ${key.about}`.trim())).toEqual([
    'data GROWR_DATA text where the data lies',
    'demo GROWR_DEMO boolean',
    'api.port GROWR_API_PORT number',
    'api.maxDepth GROWR_API_MAX_DEPTH number',
    'api.origins GROWR_API_ORIGINS list',
    'passphrase GROWR_PASSPHRASE text secret',
    'smtp.url GROWR_SMTP_URL text',
    'smtp.password GROWR_SMTP_PASSWORD text secret',
    'level GROWR_LEVEL text',
  ])
})
