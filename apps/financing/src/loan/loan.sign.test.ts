import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openCollections, type Collections } from '@growr/collections'
import { Custody, recordCipher } from '@growr/keys'
import type { LoanState, ProjectState } from '@growr/lending'
import { currencyOf, parseAmount } from '@growr/money'
import { digestOf } from '@growr/service'
import type { Financing } from '../financing.ts'
import { contractOf as intentContractOf } from '../investor/investor.commitment.ts'
import { contracts, type ContractDoc, type IntentDoc } from '../investor/investor.collections.ts'
import { contractOf, keepContract } from './loan.sign.ts'

let dir: string
let custody: Custody
let collections: Collections
let financing: Financing

const HNL = currencyOf('HNL')
const hnl = (text: string) => parseAmount(text, HNL)
const project = {
  key: 'p', name: 'Coffee', endDate: '2026-09-30', currency: HNL,
  funding: [{ id: 's', type: 'BANK', terms: 't', interestRate: '8', leverageFactor: '4' }],
} as unknown as ProjectState
const approved = {
  key: 'l', projectKey: 'p', organizationId: 'comsa', currency: HNL, applicationDate: '2026-03-02', offerUntil: '2026-03-16', months: 6, contractDigest: null,
  contractAmount: hnl('20000.00'), interestAmount: hnl('1800.00'), commitmentAmount: hnl('21800.00'), fee: hnl('400.00'), deposit: hnl('1000.00'), payout: hnl('18600.00'),
  terms: { schedule: 'FLAT', interestRate: '18', cashBackRate: '1', gracePeriod: 0, defaultAfterDays: 90 }, schedule: [], subject: { userDid: 'did:jwk:bea' },
} as unknown as LoanState
const intent: IntentDoc = { id: 'i', project: 'p', organization: 'comsa', investor: 'iris', status: 'CONFIRMED', source: 's', amount: '800000', walletAddress: null, createdAt: '' }
const left = (id: string, kind: ContractDoc['kind']): ContractDoc => ({ id, kind, digest: 'of an earlier attempt', document: { old: true }, signatures: [{ type: kind, signer: 'did:x', jws: 'j' }] })

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'growr-contracts-'))
  custody = await Custody.openOrCreate({ file: join(dir, 'keys.json'), group: 'financing', purposes: ['record'], passphrase: 'a pass phrase for tests', cost: { passes: 2, memory: 19 * 1024 } })
  collections = await openCollections({ file: join(dir, 'collections.db'), cipher: recordCipher(custody.secret('record')) })
  financing = {
    contracts: await collections.repository(contracts),
    books: { requireProject: () => ({ state: project, seq: 1 }) },
    organizations: new Map([['comsa', { id: 'comsa', name: 'COMSA', did: 'did:web:x', timezone: 'UTC' }]]),
  } as unknown as Financing
})
afterEach(async () => {
  await collections.close()
  custody.close()
  await rm(dir, { recursive: true })
})

test('a contract that no entry names is not the loan\'s: what an attempt left is not shown, and gives way to what is signed', async () => {
  await keepContract(financing, left('l', 'LOAN'))
  const drawn = await contractOf(financing, approved)
  expect(drawn).toMatchObject({ signatures: [], document: { principal: '20000.00' } })
  const signed: ContractDoc = { id: 'l', kind: 'LOAN', digest: drawn.digest, document: drawn.document, signatures: [{ type: 'LoanContract', signer: 'did:jwk:bea', jws: 'j' }] }
  await keepContract(financing, signed)
  expect(await contractOf(financing, { ...approved, contractDigest: drawn.digest })).toMatchObject({ signatures: [{ signer: 'did:jwk:bea' }] })
  // The contract is the same whenever it is drawn.
  expect(digestOf((await contractOf(financing, approved)).document)).toBe(drawn.digest)
})

test('an intent that is not signed shows what is committed now, whatever an attempt left', async () => {
  await keepContract(financing, left('i', 'INVESTOR'))
  expect(await intentContractOf(financing, intent)).toMatchObject({ signatures: [], document: { amount: '8000.00', investor: 'iris' } })
  expect(await intentContractOf(financing, { ...intent, status: 'SIGNED' })).toMatchObject({ digest: 'of an earlier attempt' })
})
