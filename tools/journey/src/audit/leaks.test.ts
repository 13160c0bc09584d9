import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { emptyEvidence } from '../evidence.ts'
import { LeakSearch } from './leaks.ts'
import { soughtOf } from './needles.ts'
import { Searcher } from './search.ts'
import { encodedForms, phoneDigits } from './spellings.ts'

const evidence = emptyEvidence()
evidence.names.add('José Núñez').add('Ana').add('Wangũ')
evidence.phones.add('+50499000001').add('0711 000 002')
evidence.emails.add('ana@comsa.example')
evidence.dids.add('did:jwk:eyJrdHkiOiJFQyJ9abcdef')
evidence.userIds.add('01M851749WD1QBV6T7HT2HCN')
evidence.references.add('IN-1')
evidence.addresses.add('bcrt1q2mzddy3lhax7mahz8x')
evidence.claims.push({ months: 14, averageBalance: 350000, employer: 'Finca La Esperanza', checkedOn: '2026-03-04', amlClear: true })
const search = new LeakSearch(soughtOf(evidence))
const kinds = (text: string): string[] => [...search.kindsIn(text)].toSorted()
const base64 = (text: string): string => Buffer.from(text).toString('base64')

describe('is found, however it is spelled', () => {
  test.each([
    ['phone', '+50499000001'], ['phone', '50499000001'], ['phone', '99000001'], ['phone', '9900-0001'], ['phone', '(504) 9900 0001'], ['phone', '+504 99 00 00 01'],
    ['phone', 'tel%2B50499000001'], ['phone', '{"p":"711000002"}'], ['phone', 'call\\n9900-0001'], ['phone', '0711000002'], ['phone', 'call +254 711 000-002'],
    ['e-mail', 'ANA@COMSA.EXAMPLE'], ['e-mail', 'Ana@Comsa.example'], ['e-mail', 'ana%40comsa.example'],
    ['name', 'José Núñez'], ['name', 'José Núñez'.normalize('NFD')], ['name', 'jose nunez'], ['name', 'JOSÉ NÚÑEZ'], ['name', 'Jos%C3%A9%20N%C3%BA%C3%B1ez'],
    ['name', 'hello Ana,'], ['name', '"ANA"'], ['name', 'wangu said'],
    ['user id', '/users/01m851749wd1qbv6t7ht2hcn'],
    ['reference', 'paid as IN-1.'],
    ['claim', '{"averageBalance":350000}'], ['claim', '{"x":"{\\"averageBalance\\": 350000}"}'], ['claim', 'works at finca la esperanza'], ['claim', '{"checkedOn":"2026-03-04"}'],
  ])('%s: %s', (kind, text) => {
    expect(kinds(text)).toContain(kind)
  })

  test.each([0, 1, 2, 3, 4, 5])('in base64 and hex, %i bytes from the beginning', (before) => {
    const text = `${'x'.repeat(before)}+50499000001 and José Núñez`
    expect(kinds(`v=${base64(text)}`)).toEqual(['name', 'phone'])
    expect(kinds(Buffer.from(text).toString('base64url'))).toEqual(['name', 'phone'])
    expect(kinds(Buffer.from(text).toString('hex'))).toEqual(['name', 'phone'])
  })

  test('a DID and whatever else is signed', () => {
    expect(kinds('by did:jwk:eyJrdHkiOiJFQyJ9abcdef')).toContain('DID')
    expect(kinds('{"t":"eyJhbGciOiJFZERTQSJ9.e30.c2ln"}')).toEqual(['signed token'])
    expect(kinds('Bearer eyJraWQiOiJ4In0.e30.c2ln')).toEqual(['signed token'])
  })
})

describe('what is not a leak is passed over', () => {
  test.each([
    ['a short name within a word', 'the Analysis of banana, Anacardo'],
    ['a short name in an id', '7ANA9 x-Ana-1'],
    ['a reference within another', 'MAIN-1 IN-12 LOG-IN-1'],
    ['an amount of other digits', '{"amount":"20000000","currency":"HNL"}'],
    ['a date and a time', '2026-03-04T10:00:00.000Z 1796070603176'],
    ['an id with the digits of a phone in it', '"id":"01a20a2dd199000001967c3b5d9438cf" x99000001 1799000001234'],
    ['a key that books use themselves', '{"months":14,"currency":"HNL"}'],
    ['a claim of another value', '{"averageBalance":3500001,"amlClear":false}'],
    ['a DID of the node', 'did:web:node.example:verifier did:key:zDnaeYx'],
  ])('%s', (_name, text) => {
    expect(kinds(text)).toEqual([])
  })
})

test('a log is gone through line by line', () => {
  expect(search.inLines('node.log', 'one\ntwo 9900-0001\nthree\n"Ana"\n')).toEqual([
    { code: 'PERSONAL_DATA_LEAKED', of: 'node.log', at: 2, message: 'a phone stands here in the open' },
    { code: 'PERSONAL_DATA_LEAKED', of: 'node.log', at: 4, message: 'a name stands here in the open' },
  ])
})

test('the search finds the first and the last byte, and what overlaps', () => {
  const searcher = new Searcher(['abab', 'bab', 'zz'].map((text) => ({ bytes: Buffer.from(text), kind: text, word: false })))
  expect(searcher.search(Buffer.from('ababzz')).map(({ kind, offset }) => [kind, offset])).toEqual([['abab', 0], ['bab', 1], ['zz', 4]])
  expect(searcher.search(Buffer.from('a'))).toEqual([])
  expect(searcher.search(Buffer.from('zzzzzz'), 2)).toHaveLength(2)
})

test('encodings that chance could make are not sought, and a phone keeps seven digits', () => {
  expect(encodedForms('Ana').every((form) => form.length >= 8)).toBe(true)
  expect(phoneDigits('+504 9900-0001')).toEqual({ all: '50499000001', national: '99000001' })
  expect(phoneDigits('12345678')).toEqual({ all: '12345678', national: '2345678' })
  expect(phoneDigits('1234567')).toEqual({ all: '1234567', national: '1234567' })
})

test('ids are keys of records, and of the note of who was erased: there alone may they stand', async () => {
  const data = await mkdtemp(join(tmpdir(), 'growr-leaks-'))
  try {
    await mkdir(join(data, 'marks'))
    for (const file of ['identity.erasures', 'financing.erasures']) await writeFile(join(data, 'marks', file), '01M851749WD1QBV6T7HT2HCN 2026-03-04\n')
    expect((await search.inFiles(data)).map(({ of, message }) => [of, message])).toEqual([['marks/financing.erasures', 'a user id stands here in the open']])
  } finally {
    await rm(data, { recursive: true })
  }
})

test('what a network watches and has paid stands in its own store alone', async () => {
  const data = await mkdtemp(join(tmpdir(), 'growr-leaks-'))
  try {
    for (const folder of ['payment/networks', 'lightning', 'payment/books']) await mkdir(join(data, folder), { recursive: true })
    for (const file of ['payment/networks/bitcoin.db', 'lightning/accounts.db', 'payment/books/entries.db', 'node.log']) await writeFile(join(data, file), 'sent to bcrt1q2mzddy3lhax7mahz8x\n')
    await writeFile(join(data, 'payment/networks/rootstock.db'), 'for +50499000001')
    expect((await search.inFiles(data)).map(({ of, message }) => [of, message])).toEqual([
      ['node.log', 'a address stands here in the open'], ['payment/books/entries.db', 'a address stands here in the open'], ['payment/networks/rootstock.db', 'a phone stands here in the open'],
    ])
  } finally {
    await rm(data, { recursive: true })
  }
})
