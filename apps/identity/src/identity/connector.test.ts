import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { identity, organization as organizations } from '@growr/contracts'
import { nativeSigner, signConnectorStatement } from '@growr/credentials'
import { startConnector, type Connector } from '../testing/connector.ts'
import { aCooperative, claims, type Cooperative } from '../testing/lending.ts'
import { refusal, startRig, type Rig } from '../testing/rig.ts'

describe('a credential out of the organization\'s own system', () => {
  let rig: Rig
  let coop: Cooperative
  let connector: Connector
  let honest: Connector['answer']

  beforeAll(async () => {
    rig = await startRig({ config: { connectorTimeoutMs: 1000 } })
    coop = await aCooperative(rig, () => rig.call(identity.issuer, {}))
    connector = await startConnector(coop.org, (type) => ({ ...claims[type as 'KYC'] }), () => rig.real.now())
    honest = connector.answer
  })
  beforeEach(() => {
    connector.answer = honest
  })
  afterAll(async () => {
    await connector.stop()
    await rig.stop()
  })

  const getVC = (requestId?: string) => rig.as(coop.borrower).call(identity.getVC, { type: 'KYC' }, requestId === undefined ? {} : { requestId })

  it('is refused where none is connected', async () => {
    expect((await refusal(getVC())).code).toBe('CONNECTOR_NOT_CONFIGURED')
    await rig.as(coop.admin).call(organizations.setConnector, { organization: coop.org, url: connector.url, publicKey: connector.publicKey as never })
  })

  it('is confirmed, issued, kept and told', async () => {
    const credential = await getVC()
    expect(credential).toMatchObject({ type: 'KYC', organization: coop.org, issuer: coop.issuer, revoked: false })
    expect(connector.asked.at(-1)).toMatchObject({ type: 'KYC', subject: coop.did, audience: coop.issuer })
    const [held] = await rig.as(coop.borrower).call(identity.findCredentials, {})
    expect(held).toMatchObject({ id: credential.id, claims: claims.KYC })
    await rig.group.idle()
    expect((await rig.mail('+50499000001')).at(-1)).toMatchObject({ channel: 'sms', template: 'credentialIssued' })
  })

  it('is asked for once for a request', async () => {
    const before = connector.asked.length
    const answers = await Promise.all(Array.from({ length: 8 }, () => getVC('get-1')))
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
    expect(connector.asked.length).toBe(before + 1)
    expect((await refusal(rig.as(coop.borrower).call(identity.getVC, { type: 'SavingsHistory' }, { requestId: 'get-1' }))).code).toBe('REQUEST_ID_REUSED')
  })

  it('may be asked for again under the same request after the system failed', async () => {
    connector.answer = async () => ({ status: 503 })
    expect((await refusal(getVC('get-2'))).code).toBe('CONNECTOR_UNAVAILABLE')
    connector.answer = honest
    expect((await getVC('get-2')).type).toBe('KYC')
  })

  const bad: [string, Connector['answer'], { code: string; path?: string; details?: unknown }][] = [
    ['says no', async () => ({ status: 404, body: '{}' }), { code: 'CONNECTOR_REFUSED', details: { status: 404 } }],
    ['is broken', async () => ({ status: 500 }), { code: 'CONNECTOR_UNAVAILABLE' }],
    ['does not answer in time', async () => ({ hang: true }), { code: 'CONNECTOR_UNAVAILABLE' }],
    ['sends elsewhere, even to itself', async (_asked, sign) => {
      // Followed, this would come back with an honest answer.
      connector.answer = async () => ({ body: JSON.stringify({ statement: await sign() }) })
      return { status: 307, headers: { location: connector.url } }
    }, { code: 'CONNECTOR_UNAVAILABLE' }],
    ['answers without end', async () => ({ body: JSON.stringify({ statement: 'x'.repeat(1_000_000) }) }), { code: 'CONNECTOR_ANSWER', details: { reason: 'CONNECTOR_TOO_LARGE' } }],
    ['answers no JSON', async () => ({ body: '<html>' }), { code: 'CONNECTOR_ANSWER', details: { reason: 'CONNECTOR_MALFORMED' } }],
    ['answers without a statement', async () => ({ body: '{}' }), { code: 'CONNECTOR_ANSWER', details: { reason: 'CONNECTOR_MALFORMED' } }],
    ['does not sign', async (_asked, sign) => ({ body: JSON.stringify({ statement: (await sign()).replace(/\.[^.]+$/, '.') }) }), { code: 'CONNECTOR_ANSWER', details: { reason: 'CONNECTOR_MALFORMED' } }],
    ['changed what it signed', async (_asked, sign) => {
      const [head, body, signature] = (await sign()).split('.') as [string, string, string]
      const changed = JSON.parse(Buffer.from(body, 'base64url').toString()) as { claims: { level: number } }
      changed.claims.level = 3
      return { body: JSON.stringify({ statement: [head, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.') }) }
    }, { code: 'CONNECTOR_SIGNATURE' }],
    ['speaks of somebody else', async (_asked, sign) => ({ body: JSON.stringify({ statement: await sign({ subject: 'did:jwk:another' }) }) }), { code: 'CONNECTOR_ANSWER', details: { reason: 'CONNECTOR_WRONG_SUBJECT' } }],
    ['answers another question', async (_asked, sign) => ({ body: JSON.stringify({ statement: await sign({ nonce: 'yesterday' }) }) }), { code: 'CONNECTOR_ANSWER', details: { reason: 'CONNECTOR_WRONG_NONCE' } }],
    ['answers another node', async (_asked, sign) => ({ body: JSON.stringify({ statement: await sign({ audience: 'did:web:elsewhere.example:issuer' }) }) }), { code: 'CONNECTOR_ANSWER', details: { reason: 'CONNECTOR_WRONG_AUDIENCE' } }],
    ['is another organization\'s', async (_asked, sign) => ({ body: JSON.stringify({ statement: await sign({ issuer: 'somebody' }) }) }), { code: 'CONNECTOR_ANSWER', details: { reason: 'CONNECTOR_WRONG_ISSUER' } }],
    ['answers for another type', async (_asked, sign) => ({ body: JSON.stringify({ statement: await sign({ type: 'SavingsHistory', claims: claims.SavingsHistory }) }) }), { code: 'CONNECTOR_ANSWER', details: { reason: 'CONNECTOR_WRONG_TYPE' } }],
    ['answers with an old statement', async (_asked, sign) => ({ body: JSON.stringify({ statement: await sign({ now: new Date(rig.real.now().getTime() - 600_000) }) }) }), { code: 'CONNECTOR_ANSWER', details: { reason: 'CONNECTOR_EXPIRED' } }],
  ]
  it.each(bad)('is refused where the system %s', async (_what, answer, expected) => {
    connector.answer = answer
    const before = (await rig.as(coop.borrower).call(identity.findCredentials, {})).length
    expect(await refusal(getVC())).toMatchObject(expected)
    expect(await rig.as(coop.borrower).call(identity.findCredentials, {})).toHaveLength(before)
  })

  it('is asked for nowhere inside of the operator\'s own network', async () => {
    const strict = await startRig({ config: { connectorTimeoutMs: 1000, webhookTargets: 'public' } })
    try {
      const theirs = await aCooperative(strict, () => strict.call(identity.issuer, {}))
      await strict.as(theirs.admin).call(organizations.setConnector, { organization: theirs.org, url: connector.url, publicKey: connector.publicKey as never })
      const before = connector.asked.length
      expect(await refusal(strict.as(theirs.borrower).call(identity.getVC, { type: 'KYC' }))).toMatchObject({ code: 'CONNECTOR_UNAVAILABLE', details: { reason: 'ADDRESS_REFUSED' } })
      expect(connector.asked.length).toBe(before)
    } finally {
      await strict.stop()
    }
  })

  it('is refused where another key signed', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const signer = nativeSigner(privateKey, coop.org, 'key-2')
    connector.answer = async (asked) => ({
      body: JSON.stringify({ statement: await signConnectorStatement({ issuer: coop.org, ...asked, claims: claims.KYC, now: rig.real.now() }, { algorithm: signer.algorithm, sign: (bytes) => signer.sign(bytes) }) }),
    })
    expect((await refusal(getVC())).code).toBe('CONNECTOR_SIGNATURE')
  })

  it('is the borrower\'s alone to ask for, in an organization of hers', async () => {
    expect((await refusal(rig.as(coop.admin).call(identity.getVC, { type: 'KYC' }))).code).toBe('FORBIDDEN')
    expect(await refusal(rig.as(coop.borrower).call(identity.getVC, { type: 'KYC', organization: coop.other.org }))).toMatchObject({ code: 'FORBIDDEN', path: 'organization' })
    expect((await refusal(rig.as(coop.borrower).call(identity.getVC, { type: 'Passport' as never }))).code).toBe('BAD_INPUT')
  })
})
