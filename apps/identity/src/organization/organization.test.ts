import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { identity, organization as organizations, user as users } from '@growr/contracts'
import { refusal, startRig, type Rig } from '../testing/rig.ts'
import { aCooperative, type Cooperative } from '../testing/lending.ts'

describe('organizations', () => {
  let rig: Rig
  let coop: Cooperative
  const wanted = { name: 'Café del Valle', timezone: 'America/Tegucigalpa', adminName: 'Rosa', adminEmail: 'rosa@valle.example' }
  const publicKey = { kty: 'EC', crv: 'P-256', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' } as const

  beforeAll(async () => {
    rig = await startRig()
    coop = await aCooperative(rig, () => rig.call(identity.issuer, {}))
  })
  afterAll(() => rig.stop())

  it('gives each a DID and refuses one of the same name, however it is spelt', async () => {
    const created = await rig.as(coop.operator).call(organizations.createOrganization, wanted)
    expect(created.did).toMatch(/^did:key:z/)
    expect(await refusal(rig.as(coop.operator).call(organizations.createOrganization, { ...wanted, name: 'cafe  DEL valle' }))).toMatchObject({ code: 'ORGANIZATION_EXISTS', path: 'name' })
    expect(await refusal(rig.as(coop.operator).call(organizations.createOrganization, { ...wanted, name: '···' }))).toMatchObject({ code: 'BAD_INPUT', path: 'name' })
    expect((await refusal(rig.as(coop.operator).call(organizations.createOrganization, { ...wanted, name: 'X', timezone: 'Mars/Base' }))).code).toBe('BAD_INPUT')
    expect((await refusal(rig.as(coop.admin).call(organizations.createOrganization, { ...wanted, name: 'X' }))).code).toBe('FORBIDDEN')
    expect((await refusal(rig.call(organizations.createOrganization, { ...wanted, name: 'X' }))).code).toBe('UNAUTHENTICATED')
  })

  it('is created once for a request, and invites its admin once', async () => {
    const params = { ...wanted, name: 'Once', adminEmail: 'once@valle.example' }
    const answers = await Promise.all(Array.from({ length: 16 }, () => rig.as(coop.operator).call(organizations.createOrganization, params, { requestId: 'create-1' })))
    expect(new Set(answers.map(({ id, did }) => `${id} ${did}`)).size).toBe(1)
    expect((await refusal(rig.as(coop.operator).call(organizations.createOrganization, { ...params, name: 'Twice' }, { requestId: 'create-1' }))).code).toBe('REQUEST_ID_REUSED')
    await rig.group.idle()
    expect(await rig.mail('once@valle.example')).toHaveLength(1)
  })

  it('is one of 16 where as many ask for a name at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 16 }, (_, n) =>
      rig.as(coop.operator).call(organizations.createOrganization, { ...wanted, name: 'Race' }, { requestId: `race-${n}` }).then(() => 'created', ({ code }: { code: string }) => code)))
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'ORGANIZATION_EXISTS')).toHaveLength(15)
  })

  it('is seen by its own, lists its members in pages', async () => {
    expect((await rig.as(coop.borrower).call(organizations.findById, { id: coop.org })).name).toBe('COMSA')
    expect((await refusal(rig.as(coop.other.admin).call(organizations.findById, { id: coop.org }))).code).toBe('FORBIDDEN')
    expect((await refusal(rig.as(coop.operator).call(organizations.findById, { id: 'none' }))).code).toBe('NOT_FOUND')
    const first = await rig.as(coop.operator).call(organizations.list, { first: 2 })
    const rest = await rig.as(coop.operator).call(organizations.list, { first: 200, after: first.pageInfo.endCursor as string })
    expect(first.pageInfo.hasNextPage).toBe(true)
    expect(first.edges.length + rest.edges.length).toBe(first.totalCount)
    expect(await rig.as(coop.borrower).call(organizations.findByUser, { user: coop.borrower.user })).toEqual([expect.objectContaining({ id: coop.org })])
    expect((await refusal(rig.as(coop.admin).call(organizations.findByUser, { user: coop.borrower.user }))).code).toBe('FORBIDDEN')
    const members = await rig.as(coop.agent).call(users.findByOrganization, { organization: coop.org, first: 2 })
    expect(members).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } })
    const borrowers = await rig.as(coop.agent).call(users.findByOrganization, { organization: coop.org, type: 'BORROWER' })
    expect(borrowers.edges.map(({ node }) => node.id)).toEqual([coop.borrower.user])
    expect((await refusal(rig.as(coop.agent).call(users.findByOrganization, { organization: coop.other.org }))).code).toBe('FORBIDDEN')
  })

  it('lets an agent invite borrowers only, and nobody invites elsewhere', async () => {
    const invite = (who: typeof coop.agent, more: object) => rig.as(who).call(organizations.addMember, { organization: coop.org, type: 'BORROWER', name: 'X', phone: '+50499000050', ...more } as never)
    expect(await refusal(invite(coop.agent, { type: 'ORIGINATOR_AGENT' }))).toMatchObject({ code: 'FORBIDDEN', path: 'type' })
    expect((await refusal(invite(coop.agent, { organization: coop.other.org }))).code).toBe('FORBIDDEN')
    expect((await refusal(invite(coop.borrower, {}))).code).toBe('FORBIDDEN')
    expect((await invite(coop.agent, {})).status).toBe('INVITED')
    expect((await refusal(invite(coop.agent, {}))).code).toBe('MEMBERSHIP_EXISTS')
    expect((await refusal(rig.as(coop.operator).call(organizations.addMember, { organization: 'none', type: 'BORROWER', name: 'X', phone: '+50499000050' }))).code).toBe('NOT_FOUND')
  })

  it('is connected to a system of its own over https, and disconnected', async () => {
    const connect = (more: object) => rig.as(coop.admin).call(organizations.setConnector, { organization: coop.org, url: 'https://core.comsa.example/growr', publicKey, ...more } as never)
    expect((await connect({})).connected).toBe(true)
    expect(await refusal(connect({ url: 'http://core.comsa.example/growr' }))).toMatchObject({ code: 'BAD_INPUT', path: 'url' })
    expect(await refusal(connect({ url: 'https://user:secret@core.comsa.example/' }))).toMatchObject({ code: 'BAD_INPUT', path: 'url' })
    expect(await refusal(connect({ url: undefined }))).toMatchObject({ code: 'BAD_INPUT', path: 'url' })
    expect(await refusal(connect({ publicKey: undefined }))).toMatchObject({ code: 'BAD_INPUT', path: 'publicKey' })
    expect(await refusal(connect({ publicKey: { ...publicKey, x: 'AAAA' } }))).toMatchObject({ code: 'BAD_INPUT', path: 'publicKey' })
    expect((await refusal(connect({ publicKey: { ...publicKey, d: 'private' } }))).code).toBe('BAD_INPUT')
    expect((await refusal(rig.as(coop.other.admin).call(organizations.setConnector, { organization: coop.org }))).code).toBe('FORBIDDEN')
    expect((await rig.as(coop.admin).call(organizations.setConnector, { organization: coop.org })).connected).toBe(false)
  })
})

describe('a node with a public host', () => {
  it('serves the DID documents of its issuer, its verifier and its organizations', async () => {
    const rig = await startRig({ config: { publicUrl: 'https://growr.example/' } })
    try {
      const coop = await aCooperative(rig, () => rig.call(identity.issuer, {}))
      expect(coop.issuer).toBe('did:web:growr.example:issuer')
      const get = async (path: string, params: Record<string, string> = {}) => {
        const route = rig.group.routes?.find((each) => each.path === path)
        return route?.handle({ params, query: {}, headers: {}, body: undefined, ip: '127.0.0.1' })
      }
      expect(await get('/issuer/did.json')).toMatchObject({ status: 200, body: { id: coop.issuer } })
      expect(await get('/verifier/did.json')).toMatchObject({ status: 200, body: { id: 'did:web:growr.example:verifier' } })
      const organization = await rig.as(coop.admin).call(organizations.findById, { id: coop.org })
      expect(organization.did).toBe(`did:web:growr.example:org:${coop.org}`)
      expect(await get('/org/:id/did.json', { id: coop.org })).toMatchObject({ status: 200, body: { id: organization.did } })
      for (const id of ['none', '../issuer', '']) expect(await get('/org/:id/did.json', { id })).toMatchObject({ status: 404 })
      await rig.group.rotateDidKey('issuer')
      const rotated = await get('/issuer/did.json')
      const { verificationMethod, authentication } = (rotated as { body: unknown }).body as { verificationMethod: unknown[]; authentication: unknown[] }
      expect([verificationMethod.length, authentication.length]).toEqual([2, 1])
      expect(JSON.stringify(rotated?.body)).not.toContain('"d"')
    } finally {
      await rig.stop()
    }
  })
})
