import { expect, test } from 'vitest'
import { verdict } from './bench/limits.mjs'
import { byLicence, page } from './licences.mjs'
import { figures, options, show } from './runs.mjs'

test('a result becomes figures on one level', () => {
  expect(figures({ ratio: 1.25, rounds: [1, 2.123456], micro: { whole: 3 }, rows: [{ a: 1 }, { a: 2 }], name: 'x' })).toEqual({
    ratio: 1.25, rounds: '1 2.123', 'micro.whole': 3, 'rows.1.a': 1, 'rows.2.a': 2, name: 'x',
  })
  expect([1234.567, 0.00012345, 12, 'x', Number.NaN].map(show)).toEqual(['1235', '0.0001234', '12', 'x', 'NaN'])
})

test('a limit that is missed, or not measured, does not hold', () => {
  expect(verdict({ figure: 'ratio', atMost: 1.6 }, { ratio: 1.6 })).toMatchObject({ ok: true })
  expect(verdict({ figure: 'ratio', atMost: 1.6 }, { ratio: 1.601 })).toMatchObject({ ok: false })
  expect(verdict({ figure: 'ratio', atLeast: 20 }, { ratio: 20 })).toMatchObject({ ok: true })
  expect(verdict({ figure: 'ratio', atLeast: 20 }, { ratio: 19.9 })).toMatchObject({ ok: false })
  expect(verdict({ figure: 'ratio', atLeast: 20 }, { ratio: Number.NaN })).toMatchObject({ ok: false })
  expect(verdict({ figure: 'ratio', atLeast: 20 }, {})).toMatchObject({ ok: false })
  expect(verdict(undefined, {})).toBeUndefined()
})

test('arguments are words, pairs and switches', () => {
  expect(options(['books', '--seed', '7', '--runs=3', '--write'], ['write'])).toEqual({ words: ['books'], seed: '7', runs: '3', write: true })
})

test('licences: what runs is listed, tools and stubs are not, Elastic is pointed out', () => {
  const found = byLicence({
    packages: {
      '': {}, 'libs/money': { version: '1.0.0' }, 'node_modules/@growr/money': { link: true },
      'node_modules/@apollo/gateway': { version: '2.0.0', license: 'Elastic-2.0' },
      'node_modules/a/node_modules/b': { version: '1.0.0', license: 'MIT' },
      'node_modules/nx': { version: '1.0.0', license: 'GPL-3.0', dev: true },
      'node_modules/stub': { version: '1.0.0', optional: true },
      'node_modules/silent': { version: '1.0.0' },
    },
  })
  expect(found).toEqual({ 'Elastic-2.0': ['@apollo/gateway@2.0.0'], MIT: ['b@1.0.0'], unknown: ['silent@1.0.0'] })
  expect(page(found)).toContain('**Elastic-2.0** (@apollo/gateway@2.0.0): source available')
})
