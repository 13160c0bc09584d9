import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { identity, user as users } from '@growr/contracts'
import { createResolver, parseCredential, StatusListReader } from '@growr/credentials'
import { PIN, refusal, startRig, type Rig } from '../testing/rig.ts'
import { aCooperative, claims, open, type Cooperative } from '../testing/lending.ts'

describe('issuing', () => {
  let rig: Rig
  let coop: Cooperative

  beforeAll(async () => {
    rig = await startRig()
    coop = await aCooperative(rig, () => rig.call(identity.issuer, {}))
  })
  afterAll(() => rig.stop())

  const issue = (more: object = {}, who = coop.admin, requestId?: string) =>
    rig.as(who).call(identity.issueVC, { organization: coop.org, user: coop.borrower.user, type: 'KYC', claims: claims.KYC, ...more } as never, requestId === undefined ? {} : { requestId })

  it('states claims that fit their type about the own borrowers, for a year unless told', async () => {
    const credential = await issue()
    expect(credential).toMatchObject({ issuer: coop.issuer, organization: coop.org, issuedAt: '2026-03-01T12:00:00.000Z', validUntil: '2027-03-01T12:00:00.000Z', revoked: false })
    expect(await issue({ did: coop.did, user: undefined })).toMatchObject({ type: 'KYC' })
    // Through the end of the day in the organization's zone, six hours behind.
    expect((await issue({ validUntil: '2026-03-05' })).validUntil).toBe('2026-03-06T06:00:00.000Z')
    expect(await refusal(issue({ validUntil: '2026-02-28' }))).toMatchObject({ code: 'BAD_INPUT', path: 'validUntil' })
    expect(await refusal(issue({ claims: { ...claims.KYC, level: 9 } }))).toMatchObject({ code: 'CREDENTIAL_SCHEMA', path: 'claims.level' })
    expect(await refusal(issue({ claims: { level: 2 } }))).toMatchObject({ code: 'CREDENTIAL_SCHEMA', path: 'claims.country' })
    expect(await refusal(issue({ user: undefined }))).toMatchObject({ code: 'BAD_INPUT', path: 'user' })
    expect(await refusal(issue({ did: coop.did }))).toMatchObject({ code: 'BAD_INPUT', path: 'user' })
    expect((await refusal(issue({ user: coop.admin.user }))).code).toBe('NOT_FOUND')
    expect((await refusal(issue({ claims: { ...claims.KYC, fullName: 'x'.repeat(9000) } }))).code).toBe('BAD_INPUT')
  })

  it('is the admin\'s right, in the own organization, about its own members', async () => {
    expect((await refusal(issue({}, coop.agent))).code).toBe('FORBIDDEN')
    expect((await refusal(issue({}, coop.borrower))).code).toBe('FORBIDDEN')
    expect((await refusal(issue({}, coop.operator))).code).toBe('FORBIDDEN')
    expect((await refusal(issue({}, coop.other.admin))).code).toBe('FORBIDDEN')
    expect(await refusal(issue({ organization: coop.other.org }, coop.other.admin))).toMatchObject({ code: 'FORBIDDEN', path: 'user' })
    // A service states nothing on its own.
    expect((await refusal(rig.service('loan').call(identity.issueVC, { organization: coop.org, user: coop.borrower.user, type: 'KYC', claims: claims.KYC }))).code).toBe('FORBIDDEN')
    expect((await refusal(rig.service('payment').call(identity.issueVC, { organization: coop.org, user: coop.borrower.user, type: 'KYC', claims: claims.KYC }))).code).toBe('FORBIDDEN')
  })

  it('issues once for a request', async () => {
    const before = (await rig.as(coop.borrower).call(identity.findCredentials, {})).length
    const answers = await Promise.all(Array.from({ length: 16 }, () => issue({}, coop.admin, 'issue-1')))
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
    expect(await rig.as(coop.borrower).call(identity.findCredentials, {})).toHaveLength(before + 1)
    expect((await refusal(issue({ type: 'SavingsHistory', claims: claims.SavingsHistory }, coop.admin, 'issue-1'))).code).toBe('REQUEST_ID_REUSED')
  })

  it('publishes what it revokes, at once and over a restart', async () => {
    const kept = await issue()
    const credential = await issue()
    const jwt = await held(credential.id)
    const { status } = parseCredential(jwt)
    const list = async () => {
      const route = rig.group.routes?.find(({ path }) => path === '/status/:list')
      const answer = await route?.handle({ params: { list: status?.list.split('/').at(-1) ?? '' }, query: {}, headers: {}, body: undefined, ip: '127.0.0.1' })
      expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/vc+jwt' } })
      return answer?.body as string
    }
    const standing = async (token: string, of: string) => {
      const reader = new StatusListReader({ resolver: createResolver(), local: () => token })
      return reader.check(parseCredential(await held(of)).status as never, coop.issuer, rig.clock.now())
    }
    const before = await list()
    expect(await list()).toBe(before)
    expect(await standing(before, credential.id)).toEqual({ verdict: 'valid' })
    expect((await refusal(rig.as(coop.other.admin).call(identity.revokeVC, { credential: credential.id }))).code).toBe('FORBIDDEN')
    expect((await refusal(rig.as(coop.admin).call(identity.revokeVC, { credential: 'urn:growr:credential:none' }))).code).toBe('NOT_FOUND')
    expect(await rig.as(coop.admin).call(identity.revokeVC, { credential: credential.id })).toMatchObject({ revoked: true })
    expect(await rig.as(coop.admin).call(identity.revokeVC, { credential: credential.id })).toMatchObject({ revoked: true })
    expect(await standing(await list(), credential.id)).toEqual({ verdict: 'invalid', code: 'CREDENTIAL_REVOKED' })
    expect(await standing(await list(), kept.id)).toEqual({ verdict: 'valid' })
    const listed = await rig.as(coop.borrower).call(identity.findByDid, { did: coop.did })
    expect(listed.credentials.find(({ id }) => id === credential.id)?.revoked).toBe(true)
    rig = await rig.restart()
    expect(await standing(await list(), credential.id)).toEqual({ verdict: 'invalid', code: 'CREDENTIAL_REVOKED' })
  })

  it('gives places in the list at random', async () => {
    const indices: number[] = []
    for (let n = 0; n < 8; n += 1) indices.push(parseCredential(await held((await issue()).id)).status?.index as number)
    expect(new Set(indices).size).toBe(8)
    expect(indices.toSorted((a, b) => a - b)).not.toEqual(indices)
  })

  it('shows staff what a record holds without a claim, and nobody else', async () => {
    const seen = await rig.as(coop.agent).call(identity.findByDid, { did: coop.did })
    expect(seen.credentials.length).toBeGreaterThan(0)
    expect(JSON.stringify(seen.credentials)).not.toMatch(/Beatriz|level|claims/)
    expect((await refusal(rig.as(coop.other.admin).call(identity.findByDid, { did: coop.did }))).code).toBe('FORBIDDEN')
    const neighbour = await rig.signUp('BORROWER', { organization: coop.org, address: '+50499000061', by: coop.admin })
    expect((await refusal(rig.as(neighbour).call(identity.findByDid, { did: coop.did }))).code).toBe('FORBIDDEN')
    expect((await refusal(rig.as(coop.agent).call(identity.findByDid, { did: 'did:jwk:nobody' }))).code).toBe('NOT_FOUND')
    expect((await refusal(rig.as(coop.admin).call(identity.findCredentials, {}))).code).toBe('FORBIDDEN')
    expect(await rig.as(neighbour).call(identity.findCredentials, {})).toEqual([])
  })

  it('puts no claim and no person into the log or, in the clear, onto the disk', async () => {
    expect(rig.log.join('\n')).not.toMatch(/Beatriz|did:jwk|50499/)
    const folder = join(rig.dir, 'identity')
    for (const file of await readdir(folder)) {
      const bytes = await readFile(join(folder, file))
      for (const text of ['Beatriz', coop.did, coop.did.slice(8), '+50499000001', 'ana@comsa.example', PIN + PIN]) expect(bytes.includes(text), `${file}: ${text}`).toBe(false)
    }
  })

  it('refuses a service that was not let in', async () => {
    expect((await refusal(rig.service('loan').call(identity.storeVC, { credential: {} as never, did: coop.did, jwt: '' }))).code).toBe('BAD_INPUT')
    const credential = (await rig.as(coop.agent).call(identity.findByDid, { did: coop.did })).credentials[0] as never
    expect((await refusal(rig.service('loan').call(identity.storeVC, { credential, did: coop.did, jwt: '' }))).code).toBe('FORBIDDEN')
    expect((await refusal(rig.as(coop.operator).call(identity.createWallet, { user: coop.admin.user }))).code).toBe('FORBIDDEN')
    expect((await refusal(rig.as(coop.operator).call(users.addUser, { name: 'X', type: 'NODE_OPERATOR', email: 'x@x.example' }))).code).toBe('FORBIDDEN')
  })

  /** A credential as it lies in the record: presented to a project that asks for its type only. */
  async function held(id: string): Promise<string> {
    const { presentation } = await presented()
    const payload = JSON.parse(Buffer.from(presentation.split('.')[1] as string, 'base64url').toString()) as { vp: { verifiableCredential: string[] } }
    const jwt = payload.vp.verifiableCredential.find((each) => parseCredential(each).id === id)
    return jwt ?? known.get(id) ?? Promise.reject(new Error('not the newest'))
  }
  const known = new Map<string, string>()
  async function presented(): Promise<{ presentation: string }> {
    open(rig, coop, 'reads', { required: ['KYC'] })
    const answer = await rig.as(coop.borrower).call(identity.createVCPresentation, { project: 'reads', challenge: 'a-challenge-of-the-test' })
    const payload = JSON.parse(Buffer.from(answer.presentation.split('.')[1] as string, 'base64url').toString()) as { vp: { verifiableCredential: string[] } }
    for (const jwt of payload.vp.verifiableCredential) known.set(parseCredential(jwt).id, jwt)
    return answer
  }
})
