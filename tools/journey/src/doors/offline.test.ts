import { generateKeyPairSync, scryptSync, sign } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import type { Actor, Outcome } from './door.ts'
import { OfflineDoor } from './offline.ts'

const beto: Actor = { name: 'beto', person: { role: 'ORIGINATOR_AGENT' } }
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

function did(): string {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const odd = (Buffer.from(y, 'base64url').at(-1) as number) % 2 === 1
  const bytes = Buffer.concat([Buffer.from([0x80, 0x24, odd ? 3 : 2]), Buffer.from(x, 'base64url')])
  let text = ''
  for (let value = BigInt(`0x${bytes.toString('hex')}`); value > 0n; value /= 58n) text = ALPHABET[Number(value % 58n)] + text
  return `did:key:z${text}`
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
function listOf(document: object, iss = did()): { signer: string; jws: string } {
  const body = `${part({ alg: 'ES256', typ: 'growr-collection-list+jwt' })}.${part({ iss, iat: 1, document })}`
  return { signer: iss, jws: `${body}.${sign('sha256', Buffer.from(body), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}` }
}
const verifier = (code: string): object => ({ n: 2, r: 1, p: 1, salt: 'c2FsdA', hash: scryptSync(code, Buffer.from('c2FsdA', 'base64url'), 32, { N: 2, r: 1, p: 1 }).toString('base64url') })
const document = { id: 'list', on: '2026-04-01', dues: [{ loan: 'L1', due: '10.00', verifier: verifier('12345678') }, { loan: 'L2', due: '20.00', verifier: null }, { loan: 'L3', due: '5.00', verifier: verifier('87654321') }] }

let door: OfflineDoor
beforeEach(() => { door = new OfflineDoor(() => '2026-04-02') })
const perform = (kind: 'do' | 'query', operation: string, given: object = {}): Promise<Outcome> => door.perform(beto, { kind, operation, with: given as Record<string, unknown> })
const refused = (code: string) => ({ refusal: { code } })

test('a list is taken whose signature is its signer\'s, and no other', async () => {
  expect(await perform('do', 'collect', { loan: 'L1', amount: '1.00', code: '1' })).toMatchObject(refused('JOURNEY_INVALID'))
  const list = listOf(document)
  const [head, , signature] = list.jws.split('.')
  for (const wrong of [
    { ...list, jws: `${head}.${part({ iss: list.signer, iat: 1, document: { ...document, on: '2026-04-09' } })}.${signature}` },
    { ...list, jws: `${part({ alg: 'none' })}.${list.jws.split('.')[1]}.` },
    { ...list, signer: 'did:key:zDnaemfozU3LiczNWPaARQ1sdbctQuruYA4RF8WiR365mnJDH' },
    { ...list, signer: 'did:web:node.example' }, { ...list, jws: 'x' },
  ]) expect(await perform('do', 'take', { list: wrong })).toMatchObject(refused('COLLECTION_INVALID'))
  expect(await perform('do', 'take', { list })).toEqual({ result: { id: 'list', on: '2026-04-01', dues: [{ loan: 'L1', due: '10.00' }, { loan: 'L2', due: '20.00' }, { loan: 'L3', due: '5.00' }] } })
})

test('a receipt is noted for the code that the list knows, once', async () => {
  const list = listOf(document)
  await perform('do', 'take', { list })
  expect(await perform('do', 'collect', { loan: 'L1', amount: '10.00', code: '87654321' })).toMatchObject(refused('CODE_WRONG'))
  expect(await perform('do', 'collect', { loan: 'L2', amount: '10.00', code: '12345678' })).toMatchObject(refused('NOT_FOUND'))
  expect(await perform('do', 'collect', { loan: 'L9', amount: '10.00', code: '12345678' })).toMatchObject(refused('NOT_FOUND'))
  expect(await perform('do', 'collect', { loan: 'L1', amount: '10.00', code: '12345678' })).toEqual({ result: { receipt: 'list-1', loan: 'L1', amount: '10.00', on: '2026-04-02' } })
  expect(await perform('do', 'collect', { loan: 'L1', amount: '10.00', code: '12345678' })).toMatchObject(refused('CODE_SPENT'))
  await perform('do', 'collect', { loan: 'L3', amount: '5.00', code: '87654321', on: '2026-04-01', receipt: 'R' })
  const all = [{ receipt: 'list-1', loan: 'L1', amount: '10.00', code: '12345678', on: '2026-04-02' }, { receipt: 'R', loan: 'L3', amount: '5.00', code: '87654321', on: '2026-04-01' }]
  expect(await perform('query', 'receipts')).toEqual({ result: { list: list.jws, receipts: all } })
  expect(await perform('query', 'receipts', { order: 'reverse' })).toEqual({ result: { list: list.jws, receipts: all.toReversed() } })
  expect(await perform('do', 'phone')).toMatchObject(refused('JOURNEY_INVALID'))
})
